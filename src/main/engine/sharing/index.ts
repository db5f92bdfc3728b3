export { type Announcement, createAnnouncement } from './announcement.ts'
export { createSharing, type SharingOptions } from './create-sharing.ts'
