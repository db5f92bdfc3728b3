/** A control of a connection's cell, to be focused; the list itself where that cell is gone. */
export function partOfCell(connectionId: string, selector: string): HTMLElement | null {
  const cell = document.querySelector(`[data-connection="${CSS.escape(connectionId)}"]`)
  return cell?.querySelector<HTMLElement>(selector) ?? document.getElementById('main')
}
