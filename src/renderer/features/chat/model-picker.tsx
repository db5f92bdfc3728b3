import { useMemo, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { CatalogModel } from '#shared/models.ts'
import { ModelPicker as Picker } from '../../components/model-picker/model-picker.tsx'
import { useShortcut } from '../../page/shortcuts.ts'
import { useChatModels, useUnknownModels } from './use-chat-models.ts'
import { conversations } from './use-conversations.ts'

/** Models of the latest chats that stand first in the picker. */
const RECENT = 4

/** The model for the next message. `M` opens it from anywhere on the page. */
export function ModelPicker({
  model,
  onChange,
}: {
  model: CatalogModel | null
  onChange: (model: CatalogModel) => void
}) {
  const { t } = useTranslation('chat')
  const [open, setOpen] = useState(false)
  const models = useChatModels()
  const unknown = useUnknownModels()
  const recent = useRecentModels()
  useShortcut({ keys: 'M', group: 'chat', label: t('picker.choose'), run: () => setOpen(true) })
  return (
    <Picker
      models={models}
      recent={recent}
      unknown={unknown}
      model={model}
      onChange={onChange}
      open={open}
      onOpenChange={setOpen}
    />
  )
}

/** Ids of the models of the latest chats, the latest first. The same array while nothing changes. */
function useRecentModels(): readonly string[] {
  const ids = useSyncExternalStore(conversations.subscribe, () => {
    const seen = new Set<string>()
    const latest = conversations.snapshot().conversations.toSorted((a, b) => b.updatedAt - a.updatedAt)
    for (const { modelId } of latest) {
      if (modelId !== null) seen.add(modelId)
      if (seen.size >= RECENT) break
    }
    return [...seen].join('\n')
  })
  return useMemo(() => (ids === '' ? [] : ids.split('\n')), [ids])
}
