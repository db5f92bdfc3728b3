import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { create } from 'zustand'
import type { ConnectionInput, ConnectionView } from '#shared/connections.ts'
import type { PublicError } from '#shared/errors.ts'
import { client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { queryKeys } from '../../bridge/queries.ts'
import { announce } from '../../components/announcer.tsx'
import { useBackendsStore } from './backends-store.ts'
import { inputOfView } from './connection-draft.ts'
import { inOrder } from './connection-order.ts'
import { closeTest, failedStep, startTest } from './test-runs.ts'

export type ConnectionAction = 'look' | 'enable' | 'remove' | 'order'

interface ActionState {
  /** Calls that run, by connection id. */
  busy: Readonly<Record<string, ConnectionAction>>
  /** The last failure per connection, until the next try or until it says nothing about now. */
  errors: Readonly<Record<string, PublicError>>
}

/** What is being done to connections, and what failed. */
export const useConnectionActionStore = create<ActionState>(() => ({ busy: {}, errors: {} }))

/** Takes a failure off its cell. */
export function forgetFailure(id: string): void {
  useConnectionActionStore.setState(({ errors }) => (id in errors ? { errors: without(errors, id) } : {}))
}

export function forgetFailures(): void {
  useConnectionActionStore.setState({ errors: {} })
}

export interface ConnectionActions {
  look(view: ConnectionView): Promise<void>
  setEnabled(view: ConnectionView, enabled: boolean): Promise<void>
  remove(view: ConnectionView): Promise<void>
  /** Puts the movable connections in the order of `ids`, at once on the page. */
  reorder(ids: readonly string[], moved: ConnectionView): Promise<void>
  test(view: ConnectionView): Promise<void>
  /** Trusts one certificate for a connection from now on, then tests again. */
  pin(view: ConnectionView, fingerprint: string): Promise<void>
}

/** The things a person does to a connection. Failures are kept and shown at it. */
export function useConnectionActions(): ConnectionActions {
  const queries = useQueryClient()
  const { t } = useTranslation('backends')

  async function run<Value>(
    id: string,
    kind: ConnectionAction,
    work: () => Promise<Value>,
  ): Promise<{ value: Value } | null> {
    useConnectionActionStore.setState(({ busy, errors }) => ({
      busy: { ...busy, [id]: kind },
      errors: without(errors, id),
    }))
    try {
      return { value: await work() }
    } catch (error) {
      useConnectionActionStore.setState(({ errors }) => ({ errors: { ...errors, [id]: toPublicError(error) } }))
      return null
    } finally {
      useConnectionActionStore.setState(({ busy }) => ({ busy: without(busy, id) }))
      void queries.invalidateQueries({ queryKey: queryKeys.connections })
    }
  }

  function put(view: ConnectionView): void {
    queries.setQueryData<ConnectionView[]>(queryKeys.connections, (list) =>
      list?.map((other) => (other.id === view.id ? view : other)),
    )
  }

  async function test(view: ConnectionView, input: ConnectionInput = inputOfView(view)): Promise<void> {
    useBackendsStore.setState({ selected: view.id })
    const ended = await startTest(view.id, view.id, input)
    if (ended === null) return
    const step = failedStep(ended)
    announce(
      ended.state === 'passed'
        ? t('run.announceOk', { name: view.title })
        : step === undefined
          ? t('run.broken')
          : t('run.announceFailed', { name: view.title, step: t(`step.${step.step}`) }),
    )
  }

  return {
    async look(view) {
      const done = await run(view.id, 'look', () => client.connections.refresh({ id: view.id }))
      if (done === null) return
      put(done.value)
      announce(t('looked', { name: view.title, state: t(`state.${done.value.health.state}`) }))
    },
    async setEnabled(view, enabled) {
      const done = await run(view.id, 'enable', () => client.connections.setEnabled({ id: view.id, enabled }))
      if (done === null) return
      put(done.value)
      announce(enabled ? t('resumed', { name: view.title }) : t('paused', { name: view.title }))
    },
    async remove(view) {
      const done = await run(view.id, 'remove', () => client.connections.remove({ id: view.id }))
      if (done === null) return
      closeTest(view.id)
      useBackendsStore.setState(({ selected }) => ({
        removing: null,
        selected: selected === view.id ? null : selected,
      }))
      queries.setQueryData<ConnectionView[]>(queryKeys.connections, (list) =>
        list?.filter((other) => other.id !== view.id),
      )
      announce(t('removed', { name: view.title }))
    },
    async reorder(ids, moved) {
      await queries.cancelQueries({ queryKey: queryKeys.connections })
      queries.setQueryData<ConnectionView[]>(queryKeys.connections, (list) => list && inOrder(list, ids))
      announce(t('moved', { name: moved.title, place: ids.indexOf(moved.id) + 1, count: ids.length }))
      await run(moved.id, 'order', () => client.connections.reorder({ ids: [...ids] }))
    },
    test: (view) => test(view),
    async pin(view, fingerprint) {
      const input = { ...inputOfView(view), fingerprint }
      const done = await run(view.id, 'enable', () =>
        client.connections.update({ id: view.id, input, base: view.revision }),
      )
      if (done === null) return
      put(done.value)
      await test(done.value)
    },
  }
}

function without<Value>(record: Readonly<Record<string, Value>>, id: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== id))
}
