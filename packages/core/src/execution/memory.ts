import { Layer } from "effect"
import { ArtifactStore } from "./ports/ArtifactStore.ts"
import { Commands } from "./ports/Commands.ts"
import type { Journal } from "./ports/Journal.ts"
import { Leases } from "./ports/Leases.ts"
import { Ledger } from "./ports/Ledger.ts"
import { memoryArtifacts, memoryObjects } from "./ports/memoryArtifacts.ts"
import { memoryCommands } from "./ports/memoryCommands.ts"
import { layerMemoryOf } from "./ports/memoryJournal.ts"
import { memoryLeases } from "./ports/memoryLeases.ts"
import { memoryLedger } from "./ports/memoryLedger.ts"
import { memoryRunLog } from "./ports/memoryRunLog.ts"
import { MemoryState } from "./ports/memoryState.ts"
import { RunLog } from "./ports/RunLog.ts"
import type { StateQueries } from "./ports/StateQueries.ts"

export type Stores = Journal | StateQueries | Commands | Leases | Ledger | ArtifactStore | RunLog

/** Everything that outlives an engine, in memory: give the same one to a second engine and it finds the runs of the first. */
export class MemoryStores {
  readonly state = new MemoryState()
  readonly objects = memoryObjects()
  readonly artifacts = memoryArtifacts(this.objects)
  readonly leases = memoryLeases()
  readonly ledger = memoryLedger()
  readonly commands = memoryCommands(this.state)
  readonly log = memoryRunLog()
  readonly layer: Layer.Layer<Stores> = Layer.mergeAll(
    layerMemoryOf(this.state),
    Layer.succeed(ArtifactStore, this.artifacts),
    Layer.succeed(Commands, this.commands),
    Layer.succeed(Leases, this.leases),
    Layer.succeed(Ledger, this.ledger),
    Layer.succeed(RunLog, this.log)
  )
}
export const layerMemory: Layer.Layer<Stores> = Layer.suspend(() => new MemoryStores().layer)
