/**
 * The demo model's chat template: a role token, the text, an end token. It leaves tools out on purpose, so that
 * node-llama-cpp writes them into the system text and uses its own `||call: name(...)` syntax. The comment names the
 * reasoning mark: readers of a header learn from the template that a model reasons aloud.
 */
export const DEMO_CHAT_TEMPLATE = [
  '{#- an answer may begin with a <think> segment -#}',
  "{%- for message in messages %}{{- '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{%- endfor %}",
  "{%- if add_generation_prompt %}{{- '<|assistant|>' }}{%- endif %}",
].join('')
