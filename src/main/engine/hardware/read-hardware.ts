import os from 'node:os'
import type { AppInfo } from '#shared/app-info.ts'
import type { Clock } from '../spec/clock.ts'
import type { Logger } from '../spec/engine.ts'

type Hardware = AppInfo['hardware']

/** The look at the GPU runs other programs (lspci, nvidia-smi); past this it is answered without. */
const GPU_TIMEOUT_MS = 2_000

/** CPU, memory and GPUs of this machine. Never fails: what cannot be read is left out and logged. */
export async function readHardware(clock: Clock, log: Logger): Promise<Hardware> {
  const startedAt = clock.monotonic()
  const gpus = await readGpus(clock, log)
  return {
    cpu: os.cpus()[0]?.model.trim() || os.arch(),
    cores: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    gpus,
    checkedInMs: Math.round(clock.monotonic() - startedAt),
  }
}

async function readGpus(clock: Clock, log: Logger): Promise<Hardware['gpus']> {
  try {
    const { graphics } = await import('systeminformation')
    const seen = await new Promise<Awaited<ReturnType<typeof graphics>> | null>((resolve, reject) => {
      const timeout = clock.setTimeout(() => resolve(null), GPU_TIMEOUT_MS)
      graphics().then(
        (found) => {
          timeout.cancel()
          resolve(found)
        },
        (error: unknown) => {
          timeout.cancel()
          reject(error)
        },
      )
    })
    if (seen === null) {
      log.warn({ timeoutMs: GPU_TIMEOUT_MS }, 'looking for GPUs took too long and was left out')
      return []
    }
    return seen.controllers.filter(isGpu).map((controller) => ({
      name: controller.model || controller.vendor,
      // systeminformation gives MB.
      vramBytes: controller.vram ? controller.vram * 1024 * 1024 : null,
    }))
  } catch (error) {
    log.warn({ err: error }, 'could not look for GPUs')
    return []
  }
}

/** Emulated display adapters of virtual machines compute nothing. */
function isGpu(controller: { vendor: string; model: string }): boolean {
  return /nvidia|amd|ati|intel|apple|arm|qualcomm/i.test(`${controller.vendor} ${controller.model}`)
}
