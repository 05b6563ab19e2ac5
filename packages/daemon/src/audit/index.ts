/** The door to the record of who changed what. */
export { audit, type AuditEntry, auditLog, brokenLink } from "./audit.ts"
