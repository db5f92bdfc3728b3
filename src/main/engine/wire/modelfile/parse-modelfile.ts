import { MESSAGE_ROLES, type Modelfile } from './modelfile.ts'
import { addParameter } from './parameters.ts'
import { modelfileError, type Problem } from './problems.ts'
import { type Instruction, readInstructions } from './read-instructions.ts'

/**
 * Reads a Modelfile. Throws `invalid_request` with the line and column of what is wrong; the detail lists everything
 * that is. As in Ollama the order of instructions does not matter, and of a repeated SYSTEM or TEMPLATE the last counts.
 */
export function parseModelfile(text: string): Modelfile {
  const { instructions, problems } = readInstructions(text)
  const modelfile: Modelfile = {
    from: [],
    adapters: [],
    template: null,
    system: null,
    parameters: {},
    messages: [],
    licenses: [],
    requires: null,
    renderer: null,
    parser: null,
  }
  for (const instruction of instructions) {
    const problem = apply(modelfile, instruction)
    if (problem !== null) problems.push(problem)
  }
  if (modelfile.from.length === 0 && problems.length === 0) {
    problems.push({
      line: 1,
      column: 1,
      text: 'there is no FROM line. It says what the model is made from: FROM llama3.2.',
    })
  }
  if (problems.length > 0) throw modelfileError(problems)
  return modelfile
}

function apply(modelfile: Modelfile, { name, subject, argument }: Instruction): Problem | null {
  switch (name) {
    case 'FROM':
      modelfile.from.push(argument)
      return null
    case 'ADAPTER':
      modelfile.adapters.push(argument)
      return null
    case 'TEMPLATE':
      modelfile.template = argument.value
      return null
    case 'SYSTEM':
      modelfile.system = argument.value
      return null
    case 'LICENSE':
      modelfile.licenses.push(argument.value)
      return null
    case 'REQUIRES':
      modelfile.requires = argument.value
      return null
    case 'RENDERER':
      modelfile.renderer = argument.value
      return null
    case 'PARSER':
      modelfile.parser = argument.value
      return null
    case 'PARAMETER': {
      const wrong = addParameter(modelfile.parameters, subject.value.toLowerCase(), argument.value)
      if (wrong === null) return null
      const { line, column } = wrong.wrong === 'name' ? subject : argument
      return { line, column, text: wrong.text }
    }
    case 'MESSAGE': {
      const role = MESSAGE_ROLES.find((known) => known === subject.value.toLowerCase())
      if (role !== undefined) modelfile.messages.push({ role, content: argument.value })
      return role === undefined ? unknownRole(subject) : null
    }
  }
}

function unknownRole({ line, column, value }: Instruction['subject']): Problem {
  return { line, column, text: `"${value}" is no role of a message. It is one of ${MESSAGE_ROLES.join(', ')}.` }
}
