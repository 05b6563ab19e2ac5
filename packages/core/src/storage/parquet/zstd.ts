import { promisify } from "node:util"
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from "node:zlib"
import { zstdLevel } from "./layout.ts"

const compressLater = promisify(zstdCompress)
const decompressLater = promisify(zstdDecompress)
/** Below this size the hand-over to a thread costs more than the work. */
const threadFromBytes = 65_536
const smallestChunk = 64

const settings = { [constants.ZSTD_c_compressionLevel]: zstdLevel, [constants.ZSTD_c_checksumFlag]: 1 }

/** One zstd frame with a checksum, so that a flipped bit is found when it is read. Same input, same bytes. */
export const compress = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const options = { params: settings, chunkSize: Math.max(smallestChunk, bytes.byteLength + 512) }
  return bytes.byteLength < threadFromBytes ? zstdCompressSync(bytes, options) : compressLater(bytes, options)
}
/** `size` is the length of the answer; another length is a fault of the file. */
export const decompress = async (bytes: Uint8Array, size: number): Promise<Uint8Array> => {
  const options = { chunkSize: Math.max(smallestChunk, size), maxOutputLength: Math.max(smallestChunk, size) }
  const plain = size < threadFromBytes ? zstdDecompressSync(bytes, options) : await decompressLater(bytes, options)
  if (plain.byteLength !== size) throw new Error(`a page of ${plain.byteLength} bytes should have ${size}`)
  return plain
}
/** For hyparquet, which asks at once. */
export const decompressNow = (bytes: Uint8Array, size: number): Uint8Array =>
  zstdDecompressSync(bytes, { chunkSize: Math.max(smallestChunk, size) })
