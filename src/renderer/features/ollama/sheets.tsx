import { CopySheet } from './copy-sheet.tsx'
import { CreateSheet } from './create-sheet.tsx'
import { useOllamaStore } from './ollama-store.ts'
import { PullSheet } from './pull-sheet.tsx'
import { PushSheet } from './push-sheet.tsx'
import { RemoveSheet } from './remove-sheet.tsx'
import type { SheetProps } from './sheet-props.ts'
import { UploadSheet } from './upload-sheet.tsx'

/** The sheet that is open now, if any. */
export function Sheets({ connection, models }: SheetProps) {
  const sheet = useOllamaStore((store) => store.sheet)
  if (sheet === null) return null
  const props = { connection, models }
  switch (sheet.kind) {
    case 'pull':
      return <PullSheet {...props} />
    case 'upload':
      return <UploadSheet {...props} />
    case 'create':
      return <CreateSheet {...props} starter={sheet.starter} />
    case 'push':
      return <PushSheet {...props} model={sheet.model} />
    case 'copy':
      return <CopySheet key={sheet.model} {...props} model={sheet.model} />
    case 'remove':
      return <RemoveSheet {...props} model={sheet.model} />
  }
}
