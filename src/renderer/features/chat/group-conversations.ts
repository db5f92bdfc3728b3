import type { Conversation } from '#shared/chats.ts'

export const GROUPS = ['pinned', 'today', 'yesterday', 'week', 'older'] as const
export type ConversationGroup = (typeof GROUPS)[number]

export type ListRow =
  | { kind: 'head'; group: ConversationGroup }
  | { kind: 'conversation'; conversation: Conversation; group: ConversationGroup }

/** Heads and conversations in the order they are shown, by local calendar day. Newest first within each group. */
export function groupConversations(conversations: readonly Conversation[], now: number): ListRow[] {
  const midnight = new Date(now)
  midnight.setHours(0, 0, 0, 0)
  const yesterday = new Date(midnight)
  yesterday.setDate(yesterday.getDate() - 1)
  const week = new Date(midnight)
  week.setDate(week.getDate() - 6)
  const groups: Record<ConversationGroup, Conversation[]> = {
    pinned: [],
    today: [],
    yesterday: [],
    week: [],
    older: [],
  }
  for (const conversation of conversations.toSorted((a, b) => b.updatedAt - a.updatedAt)) {
    const { pinned, updatedAt } = conversation
    if (pinned) groups.pinned.push(conversation)
    else if (updatedAt >= midnight.getTime()) groups.today.push(conversation)
    else if (updatedAt >= yesterday.getTime()) groups.yesterday.push(conversation)
    else if (updatedAt >= week.getTime()) groups.week.push(conversation)
    else groups.older.push(conversation)
  }
  return GROUPS.flatMap((group): ListRow[] =>
    groups[group].length === 0
      ? []
      : [
          { kind: 'head', group },
          ...groups[group].map((conversation): ListRow => ({ kind: 'conversation', conversation, group })),
        ],
  )
}
