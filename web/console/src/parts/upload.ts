// Uploads in pieces that go on where they stopped: after a lost connection the server says how much it has.
import { call, newKey } from '../api/client'
import { asFault, type Fault } from '../api/fault'
import { shopPath } from '../api/queries'

export interface Job {
  id: string
  file: File
  done: number // bytes the server has
  upload?: string
  key?: string
  fault?: Fault
}

interface About {
  case_id: string
  line_id?: string
  parcel_id?: string
  waybill?: string
}

const piece = 4 << 20 // bytes

/** Sends a file, telling of its progress; the job that comes back has a fault, or is done. */
export async function send(shop: string, about: About, from: Job, tell: (j: Job) => void): Promise<Job> {
  let job: Job = { ...from, fault: undefined, key: from.key ?? newKey() }
  let again = 0
  for (;;) {
    try {
      if (!job.upload) {
        const begun = await call<{ id: string; offset: number }>('POST', `${shopPath(shop)}/uploads`, {
          json: { ...about, name: job.file.name, size: job.file.size, media_type: job.file.type || 'application/octet-stream' },
          key: job.key,
        })
        job = { ...job, upload: begun.id, done: begun.offset }
      } else if (again > 0 || from.upload) {
        const { offset } = await call<{ offset: number }>('GET', `${shopPath(shop)}/uploads/${job.upload}`)
        job = { ...job, done: offset }
      }
      while (job.done < job.file.size) {
        tell(job)
        const { offset } = await call<{ offset: number }>('PUT', `${shopPath(shop)}/uploads/${job.upload}?offset=${job.done}`, { body: job.file.slice(job.done, job.done + piece), type: 'application/octet-stream' })
        if (offset <= job.done) throw new Error('the upload does not advance')
        job = { ...job, done: offset }
        again = 0
      }
      tell(job)
      return job
    } catch (e) {
      const fault = asFault(e)
      if (!fault.offline || ++again > 4) return { ...job, fault }
      await new Promise((r) => setTimeout(r, 500 * 2 ** again))
    }
  }
}
