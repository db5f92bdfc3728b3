import { FileDown, FileUp, Plus, Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Kbd } from '../../components/kbd.tsx'
import { useShortcut } from '../../page/shortcuts.ts'
import { ModelTabs } from './model-tabs.tsx'
import { NEW_PRESET_PATH } from './preset-address.ts'
import { setQuery, usePresetsStore } from './presets-store.ts'
import { usePresetActionStore, usePresetActions } from './use-preset-actions.ts'
import { useRights } from './use-rights.ts'

const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const
/** ms of rest before the engine is asked for what was typed. */
const SEARCH_REST = 180

/** Title, search, files in and out, and the way to a new model. */
export function PresetsHead({ total }: { total: number | undefined }) {
  const { t } = useTranslation(['presets', 'models'])
  const [, navigate] = useLocation()
  const actions = usePresetActions()
  const busy = usePresetActionStore((store) => store.busy)
  const rights = useRights()
  const files = useRef<HTMLInputElement>(null)
  return (
    <header className="head presets-head">
      <h1 className="sr">{t('presets:title')}</h1>
      <ModelTabs current="presets" />
      <SearchField total={total} />
      <div className="row end">
        <IconButton
          label={t('presets:exportAll')}
          icon={<FileUp {...icon} />}
          disabled={busy || total === 0 || !rights.exportFiles}
          onClick={() => void actions.exportModels()}
        />
        <IconButton
          label={t('presets:import')}
          icon={<FileDown {...icon} />}
          disabled={busy || !rights.importFiles}
          onClick={() => files.current?.click()}
        />
        <input
          ref={files}
          type="file"
          multiple
          accept=".json,application/json"
          hidden
          aria-label={t('presets:import')}
          onChange={(event) => {
            void actions.importFiles([...(event.target.files ?? [])])
            event.target.value = ''
          }}
        />
        {rights.make ? (
          <Button
            look="prime"
            aria-label={t('presets:new')}
            icon={<Plus {...icon} />}
            onClick={() => navigate(NEW_PRESET_PATH)}
          >
            <span className="label">{t('presets:new')}</span>
          </Button>
        ) : null}
      </div>
    </header>
  )
}

function SearchField({ total }: { total: number | undefined }) {
  const { t } = useTranslation(['presets', 'app'])
  const asked = usePresetsStore((store) => store.query.query)
  const [text, setText] = useState(asked)
  const input = useRef<HTMLInputElement>(null)
  useShortcut({ keys: 'Mod+F', group: 'models', label: t('app:keys.focusSearch'), run: () => input.current?.focus() })
  // What others change (show all) is shown; what is typed is asked for after a rest.
  useEffect(() => setText(asked), [asked])
  useEffect(() => {
    if (text === usePresetsStore.getState().query.query) return
    const timer = setTimeout(() => setQuery({ query: text }), SEARCH_REST)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <span className="field grow" style={{ maxWidth: 360 }}>
      <Search size={14} strokeWidth={1.75} aria-hidden="true" />
      <input
        ref={input}
        type="search"
        aria-label={t('presets:searchLabel')}
        placeholder={total === undefined ? t('presets:searchLabel') : t('presets:search', { count: total })}
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return
          event.stopPropagation()
          setText('')
        }}
      />
      {text === '' ? (
        <span className="hide-n">
          <Kbd keys="Mod+F" />
        </span>
      ) : (
        <button
          type="button"
          aria-label={t('presets:clearSearch')}
          onClick={() => {
            setText('')
            input.current?.focus()
          }}
        >
          <X size={14} strokeWidth={1.75} aria-hidden="true" />
        </button>
      )}
    </span>
  )
}
