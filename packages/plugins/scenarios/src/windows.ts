/** Historical windows (trading.md 2.1): peak to trough of the S&P 500 close, `[start, end]` inclusive. */
export interface HistoricalWindow {
  readonly id: string
  readonly title: string
  readonly start: string
  readonly end: string
  /** Change of the S&P 500 from the first to the last close, in percent. */
  readonly index: number
}
const window = (id: string, title: string, start: string, end: string, index: number): HistoricalWindow => ({
  id,
  title,
  start,
  end,
  index
})

export const historicalWindows: ReadonlyArray<HistoricalWindow> = [
  window("black_monday_1987", "Black Monday", "1987-08-25", "1987-12-04", -33.5),
  window("gulf_1990", "Invasion of Kuwait", "1990-07-16", "1990-10-11", -19.8),
  window("asia_1997", "Asian crisis", "1997-10-07", "1997-10-27", -10.8),
  window("ltcm_1998", "Russia and LTCM", "1998-07-17", "1998-08-31", -19.3),
  window("dotcom_2000", "End of the dot-com boom", "2000-03-24", "2002-10-09", -49.1),
  window("sept11_2001", "11 September", "2001-09-10", "2001-09-21", -11.6),
  window("gfc_2008", "Global financial crisis", "2007-10-09", "2009-03-09", -56.8),
  window("flash_crash_2010", "Flash crash", "2010-04-23", "2010-07-02", -16.0),
  window("downgrade_2011", "Downgrade of the United States", "2011-04-29", "2011-10-03", -19.4),
  window("taper_2013", "Taper tantrum", "2013-05-21", "2013-06-24", -5.8),
  window("china_2015", "Devaluation of the yuan", "2015-05-21", "2016-02-11", -14.2),
  window("brexit_2016", "Brexit vote", "2016-06-23", "2016-06-27", -5.3),
  window("volmageddon_2018", "Volatility shock", "2018-01-26", "2018-02-08", -10.2),
  window("q4_2018", "Fourth quarter of 2018", "2018-09-20", "2018-12-24", -19.8),
  window("covid_2020", "COVID-19 crash", "2020-02-19", "2020-03-23", -33.9),
  window("inflation_2022", "Inflation and rates", "2022-01-03", "2022-10-12", -25.4),
  window("svb_2023", "Failure of Silicon Valley Bank", "2023-03-08", "2023-03-13", -3.4),
  window("carry_2024", "End of the carry trade", "2024-07-16", "2024-08-05", -8.5),
  window("tariff_2025", "Tariffs", "2025-02-19", "2025-04-08", -18.9)
]
/** Days since 1970-01-01 of an ISO date. */
export const dayOf = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / 86_400_000
export const isoOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
