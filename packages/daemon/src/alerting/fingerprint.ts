import { hash } from "node:crypto"
import { canonicalJson, type Json } from "@tetra/core/engine"

/** 16 hex digits of the SHA-256 of plain data. */
export const fingerprint = (value: object): string => hash("sha256", canonicalJson(value as Json)).slice(0, 16)
