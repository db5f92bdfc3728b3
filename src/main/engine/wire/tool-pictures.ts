/** The line that leads a tool's pictures where they follow its result, so that the model knows whose they are. */
export function toolPicturesLine(count: number, toolName: string | undefined, toolCallId: string): string {
  return `${count === 1 ? 'Image' : `${count} images`} from the tool ${toolName ?? 'call'} (${toolCallId}):`
}
