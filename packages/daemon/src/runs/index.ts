/** The door to what the command line and the daemon do alike with runs. */
export { claimEnvironment, OtherEnvironment } from "./claimEnvironment.ts"
export { goneText, isOrphan, orphansOf, orphanText, standingOf } from "./orphans.ts"
export { lackingSecrets, recorded, redactedMark, requestOfRecord, restored, secretsAmong, withoutSecrets } from "./requests.ts"
export { settleOrphans } from "./settleOrphans.ts"
export { printedLine } from "./printedLine.ts"
export { forgetEpoch, readEpoch, streamEpoch } from "./streamEpoch.ts"
export { windowCommand } from "./windowCommand.ts"
export { waitText } from "./waitText.ts"
