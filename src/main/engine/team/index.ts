export { createTeam, type TeamOptions } from './create-team.ts'
export { createUserInfoHeaders, type ForwardedIds, forwardsUserInfo, type UserInfoHeaders } from './forwarded-user.ts'
