/** The door to the record of who changed what. */
export { audit, type AuditEntry, auditLog, brokenLink, type Deed, plainParams } from "./audit.ts"
