import { useQuery } from '@tanstack/react-query'
import { client } from '../../bridge/client.ts'

/** How long the bytes of a picture that is not shown any more are kept, ms. */
const KEEP = 60_000

/** The bytes of a picture as a data URL. */
export function useImage(id: string) {
  return useQuery({
    queryKey: ['chats', 'image', id],
    queryFn: ({ signal }) => client.chats.image({ id }, { signal }),
    gcTime: KEEP,
  })
}
