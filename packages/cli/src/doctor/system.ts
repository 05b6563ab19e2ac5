/** What is checked of the machine and the store, wherever it is shown. */
import { isEmbedded } from "@tetra/core/storage"
import type { StorePlace } from "../project/store.ts"
import type { Finding } from "./Finding.ts"
import { checkDisk, checkFolder } from "./folder.ts"
import { checkClock, checkNode } from "./machine.ts"
import { checkStore } from "./store.ts"

export const checkSystem = async (place: StorePlace): Promise<ReadonlyArray<Finding>> => [
  checkNode(),
  checkFolder(place.home),
  ...checkDisk(place.home, isEmbedded(place.stateUrl)),
  checkClock(place.home),
  ...(await checkStore(place))
]
