import type { ChatModelFunctions, ChatWrapper, ChatWrapperGeneratedContextState } from 'node-llama-cpp'
import type { LlamaModule } from './native-runtime.ts'

/**
 * The wrapper, but its answer begins with a call in the syntax of this model: the library writes the opening itself, and
 * its grammars let through only an offered name and arguments that fit.
 */
export function insistingOnCall(wrapper: ChatWrapper, { LlamaText }: LlamaModule): ChatWrapper {
  return adapted(wrapper, (state) => {
    const opening = state.prefixTriggers?.find((trigger) => trigger.type === 'functionCall')
    return {
      contextText: state.contextText,
      stopGenerationTriggers: state.stopGenerationTriggers,
      noPrefixTrigger: { type: 'functionCall', inject: opening?.inject ?? LlamaText([]) },
    }
  })
}

/** The wrapper, but it describes these tools although the library is told of none: with a grammar it takes none. */
export function describingTools(wrapper: ChatWrapper, functions: ChatModelFunctions): ChatWrapper {
  return adapted(wrapper, (state) => state, functions)
}

function adapted(
  wrapper: ChatWrapper,
  change: (state: ChatWrapperGeneratedContextState) => ChatWrapperGeneratedContextState,
  functions?: ChatModelFunctions,
): ChatWrapper {
  const generateContextState: ChatWrapper['generateContextState'] = (options) =>
    change(
      wrapper.generateContextState(
        functions === undefined ? options : { ...options, availableFunctions: functions, documentFunctionParams: true },
      ),
    )
  // Everything else, settings included, is found in the wrapper itself.
  return Object.create(wrapper, { generateContextState: { value: generateContextState } }) as ChatWrapper
}
