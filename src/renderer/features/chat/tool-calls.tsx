import { Wrench } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Message } from '#shared/chats.ts'
import { CodeView } from '../../markdown/code-view.tsx'

/** The tools the model asked for, with their arguments as JSON. */
export function ToolCalls({ calls }: { calls: Message['toolCalls'] }) {
  const { t } = useTranslation('chat')
  return calls.map((call) => (
    <div key={call.id} className="tool">
      <p className="row s m">
        <Wrench size={14} strokeWidth={1.75} aria-hidden="true" />
        {t('tool.called')} <b>{call.name}</b>
      </p>
      <CodeView
        block={{ kind: 'code', info: 'json', lines: readable(call.arguments).split('\n'), partial: '', closed: true }}
        live={false}
      />
    </div>
  ))
}

/** Indented where it is JSON; as it came where it is not. */
function readable(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    // A model may write broken JSON: its own text is the honest thing to show.
    return json
  }
}
