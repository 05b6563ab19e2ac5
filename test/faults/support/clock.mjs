/** Preloaded: the clock of the process is set back by the hours of TETRA_CLOCK_BACK. */
const back = Number(process.env["TETRA_CLOCK_BACK"] ?? "0") * 3_600_000
const real = Date.now.bind(Date)
const Real = Date
Date.now = () => real() - back
globalThis.Date = new Proxy(Real, {
  construct: (target, args) => (args.length === 0 ? new target(real() - back) : new target(...args)),
  apply: () => new Real(real() - back).toString()
})
