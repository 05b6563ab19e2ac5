/** The door to tokens of the API. */
export { type Scope, scopes } from "./scopes.ts"
export { apiTokens, createToken, revokeToken } from "./tokens.ts"
