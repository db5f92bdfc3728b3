import { useTranslation } from 'react-i18next'
import { OPTION_KEYS } from './load-options.ts'

/** The engine's sentences about load options, under the names that the form has for them; beside Save, which waits for them. */
export function LoadProblemList({ id, problems }: { id: string; problems: readonly string[] }) {
  const { t } = useTranslation('models')
  return (
    <div id={id} role="status" className={problems.length === 0 ? 'sr' : 'w-full'}>
      {problems.length === 0 ? null : (
        <ul className="s bad">
          {problems.map((problem) => (
            <li key={problem}>{named(problem)}</li>
          ))}
        </ul>
      )}
    </div>
  )

  function named(sentence: string): string {
    const key = OPTION_KEYS.find((option) => sentence.startsWith(`${option} `))
    if (key === undefined) return sentence
    const rest = sentence.slice(key.length + 1)
    return `${t(`option.${key}`)}${rest.startsWith('(') ? ' ' : ': '}${rest}`
  }
}
