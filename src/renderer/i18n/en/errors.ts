/**
 * One entry per error code. `title` names it; `what` says what happened where the engine's own sentence is not in this
 * language; `did` what the app did about it; `can` what the person can do.
 */
export const errors = {
  invalid_request: {
    title: 'That was not accepted',
    what: 'The input was not valid.',
    did: 'Nothing was changed.',
    can: 'Correct it and try again.',
  },
  unsupported: {
    title: 'Not supported',
    what: 'This model or connection cannot do that.',
    did: 'Nothing was sent.',
    can: 'Choose another model.',
  },
  auth_failed: {
    title: 'Key refused',
    what: 'The other side does not accept the key.',
    did: 'Nothing was sent anywhere else.',
    can: 'Check the key of this connection.',
  },
  forbidden: {
    title: 'Not allowed',
    what: 'You may not do this here.',
    did: 'Nothing was changed.',
    can: 'Ask the owner of this instance.',
  },
  not_found: {
    title: 'Not found',
    what: 'It is no longer there.',
    did: 'Nothing was changed.',
    can: 'Go back and refresh the list.',
  },
  model_not_found: {
    title: 'Model not found',
    what: 'No model with this name can be reached.',
    did: 'Kept your message.',
    can: 'Choose another model, or add its file on the Models page.',
  },
  conflict: {
    title: 'Changed meanwhile',
    what: 'It changed since you looked at it, or is busy.',
    did: 'Nothing was overwritten.',
    can: 'Look again, then repeat.',
  },
  request_too_large: {
    title: 'Too large',
    what: 'The request is larger than what is accepted.',
    did: 'Nothing was sent.',
    can: 'Send less at once.',
  },
  context_length_exceeded: {
    title: 'Too long for this context',
    what: 'The conversation does not fit the model’s context window.',
    did: 'Kept your message. Nothing was cut.',
    can: 'Load the model with a larger context, or start a new chat.',
  },
  rate_limited: {
    title: 'Limited for now',
    what: 'Too many requests in a short time.',
    did: 'Kept your message.',
    can: 'Try again in a moment.',
  },
  quota_exceeded: {
    title: 'Quota used up',
    what: 'The account behind this connection has no quota left.',
    did: 'Kept your message.',
    can: 'Choose another model.',
  },
  queue_full: {
    title: 'Too many waiting',
    what: 'This model already has as many requests waiting as it may.',
    did: 'Kept your message.',
    can: 'Try again when some have finished, or raise the limit in Settings.',
  },
  upstream_unavailable: {
    title: 'No answer',
    what: 'The other side does not answer.',
    did: 'Stopped waiting for it. What was known stays.',
    can: 'Try again.',
  },
  upstream_error: {
    title: 'The other side failed',
    what: 'The model’s server reported an error.',
    did: 'Kept your message.',
    can: 'Try again, or choose another model.',
  },
  connect_timeout: {
    title: 'No connection in time',
    what: 'The connection could not be made in time.',
    did: 'Kept your message.',
    can: 'Check that the other side runs, then try again.',
  },
  first_byte_timeout: {
    title: 'No answer in time',
    what: 'Connected, but no answer began in time.',
    did: 'Kept your message.',
    can: 'Try again.',
  },
  idle_timeout: {
    title: 'Went quiet',
    what: 'The answer stopped arriving.',
    did: 'Kept the text that came.',
    can: 'Run it again.',
  },
  aborted: {
    title: 'Stopped',
    what: 'It was stopped.',
    did: 'Kept the text that came.',
    can: 'Run it again.',
  },
  model_load_failed: {
    title: 'Could not load the model',
    what: 'The runtime could not load this file with these options.',
    did: 'Everything else goes on.',
    can: 'Try other load options, or another file.',
  },
  model_quarantined: {
    title: 'This file is not loaded',
    what: 'The file failed its check.',
    did: 'Set it aside. It is not loaded until a new check passes.',
    can: 'Replace the file, then check it again.',
  },
  model_offline: {
    title: 'File offline',
    what: 'The file or its folder does not answer right now.',
    did: 'Kept it in the list with what is known about it.',
    can: 'Connect the drive or folder; it comes back by itself.',
  },
  runtime_crashed: {
    title: 'The runtime stopped',
    what: 'The in-process runtime ended unexpectedly.',
    did: 'Kept your message and the text that came.',
    can: 'Try again.',
  },
  out_of_memory: {
    title: 'Not enough memory',
    what: 'There is not enough free memory for this.',
    did: 'Kept your message. Nothing was sent anywhere else.',
    can: 'Use a smaller context or fewer GPU layers, or unload another model.',
  },
  disk_full: {
    title: 'Disk full',
    what: 'There is no space left on the disk.',
    did: 'Kept what was already saved.',
    can: 'Free some space, then try again.',
  },
  storage_failed: {
    title: 'Could not read or save',
    what: 'The database could not be written or read.',
    did: 'Nothing already saved was changed.',
    can: 'Check the disk and the data folder’s permissions.',
  },
  shutting_down: {
    title: 'Closing',
    what: 'Switchyard is closing down.',
    did: 'Took no new work.',
    can: 'Start it again.',
  },
  internal: {
    title: 'Something went wrong',
    what: 'An unexpected error happened.',
    did: 'Wrote it to the log.',
    can: 'Try again. The details help when you report it.',
  },
} as const
