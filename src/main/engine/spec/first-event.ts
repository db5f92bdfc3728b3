/** What stands before the data of a stream's first event. */
const EVENT_LEAD = /^\s*(?:event:[^\n]*\n)?data:\s*/

/** The data of the first event, for an error that came as a stream of one event (LiteLLM's proxy does so); else the text. */
export function dataOfFirstEvent(text: string): string {
  const lead = EVENT_LEAD.exec(text)?.[0]
  return lead === undefined ? text : (text.slice(lead.length).split('\n', 1)[0] ?? '')
}
