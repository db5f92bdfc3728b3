export { createTeam, type TeamOptions } from './create-team.ts'
export { createUserInfoHeaders, type ForwardedIds, type UserInfoHeaders } from './forwarded-user.ts'
