import { functions, leanFunctions, quickFunctions, tailFunctions, guardedFunctions } from "./appendFunctions.ts"
import { digestFunctions } from "./digestFunctions.ts"

/** What a step of the schema does. A step that has been released is never edited: add another one. */
export interface Migration {
  readonly version: number
  readonly sql: ReadonlyArray<string>
}

/**
 * The tables of the embedded store under the same names, with the types of PostgreSQL. Recorded JSON is of type `json`, not
 * `jsonb`: it comes back as it was written, key order and all, and takes every text that JSON can hold.
 */
const tables: ReadonlyArray<string> = [
  `create table orchestration.pipeline_state (
  pipeline_name text primary key, last_run_timestamp timestamp, last_run_status varchar(20),
  last_run_duration_seconds integer, next_scheduled_run timestamp, current_status varchar(20), metadata jsonb)`,
  `create table orchestration.pipeline_runs (
  run_id serial primary key, pipeline_name text, start_time timestamp, end_time timestamp,
  status varchar(20), records_processed bigint, error_message text, log_file_path text, metadata jsonb)`,
  `create unique index pipeline_runs_run on orchestration.pipeline_runs((metadata->>'run'), pipeline_name)`,

  `create table orchestration.run (
  id text primary key, pipeline text not null, mode text, pipelines json not null, plan_hash text not null,
  config_version text not null, params json not null, trigger json not null, priority smallint not null default 0,
  status text not null, seq integer not null default 0, epoch bigint not null default 1, command_id text unique,
  owner json not null, parent text references orchestration.run(id), requested_at timestamptz not null,
  ended_at timestamptz, reason text, last_append text)`,
  `create index run_requested on orchestration.run(requested_at desc, id desc)`,
  `create index run_open on orchestration.run(id) where ended_at is null`,

  `create table orchestration.event (
  id bigserial primary key, run_id text not null references orchestration.run(id), run_seq integer not null,
  kind text not null, v smallint not null, epoch bigint not null, payload json not null, at timestamptz not null,
  txid xid8 not null default pg_current_xact_id(), unique (run_id, run_seq))`,

  `create table orchestration.unit (
  run_id text not null, stage text not null, partition text not null, status text not null, attempt integer not null default 0,
  lane text not null, need json not null, not_before timestamptz, input_hash text, output json, error json,
  primary key (run_id, stage, partition))`,
  `create index unit_open on orchestration.unit(status, lane, not_before) where status in ('ready', 'dispatched', 'running')`,

  `create table orchestration.lease (
  key text primary key, owner text not null, epoch bigint not null, expires_at timestamptz not null, detail json not null)`,

  `create table orchestration.checkpoint (
  run_id text not null, stage text not null, partition text not null, name text not null, attempt integer not null,
  cursor json not null, artifact json not null, primary key (run_id, stage, partition, name))`,

  `create table orchestration.artifact (
  hash text primary key, uri text, bytes bigint, media text, created_at timestamptz, pinned boolean)`,
  `create table orchestration.asset_version (
  id bigserial primary key, asset text not null, version text not null, run_id text not null, stage text not null,
  run_seq integer not null, at timestamptz not null, output json not null, coverage json not null,
  inputs json not null, degraded text, unique (asset, version))`,
  `create index asset_newest on orchestration.asset_version(asset, id desc)`,
  `create table orchestration.cache (
  key text primary key, run_id text not null, stage text not null, partition text, outputs json not null, artifacts json not null,
  counters json not null, at timestamptz not null, hit_at timestamptz, expires_at timestamptz)`,
  `create table orchestration.reset (
  id bigserial primary key, pipeline text not null, after_event bigint not null, at timestamptz not null)`
]

const commands: ReadonlyArray<string> = [
  `alter table orchestration.run add column paused text`,
  `create table orchestration.command (
  place bigserial primary key, id text not null unique, run_id text not null references orchestration.run(id) on delete cascade,
  kind text not null, "by" text not null, reason text not null, at timestamptz not null)`,
  `create index command_run on orchestration.command(run_id, place)`
]
const ledger: ReadonlyArray<string> = [
  `create table orchestration.ledger (
  collection text not null, key text not null, body json not null, at timestamptz not null, due timestamptz, version integer not null,
  primary key (collection, key))`,
  `create index ledger_at on orchestration.ledger(collection, at, key)`,
  `create index ledger_due on orchestration.ledger(collection, due) where due is not null`
]

/** Keys in the order of their code points, as in the embedded store, whatever the language of the database: those with one beginning are a range. */
const ledgerOrder: ReadonlyArray<string> = [`alter table orchestration.ledger alter column key type text collate "C"`]

/** A recorded text may hold NUL, which PostgreSQL stores in JSON but refuses to take apart. */
const readable = String.raw`replace(payload::text, '\u0000', '\ufffd')::json`
/** The same step as version 3 of the embedded store. */
const retention: ReadonlyArray<string> = [
  `drop table orchestration.artifact`,
  `alter table orchestration.run add column archived_at timestamptz, add column archiving smallint`,
  `drop index orchestration.run_open`,
  `create index run_open on orchestration.run(requested_at desc, id desc) where ended_at is null`,
  `create index run_ended on orchestration.run(ended_at) where archived_at is null`,
  `create index run_whole on orchestration.run(requested_at) where archived_at is null`,
  `create index run_archiving on orchestration.run(id) where archiving is not null`,
  `alter table orchestration.event add column kept smallint`,
  `create index event_kept on orchestration.event(id) where kept is not null`,
  `alter table orchestration.cache add column run_seq integer`,
  `update orchestration.cache set run_seq = made.run_seq from (
  select run_id, ${readable}->>'key' as key, max(run_seq) as run_seq from orchestration.event
  where kind = 'UnitCommitted' and ${readable}->>'cached' is null group by 1, 2) as made
  where made.run_id = cache.run_id and made.key = cache.key`,
  `create index cache_maker on orchestration.cache(run_id, run_seq)`,
  `create index asset_maker on orchestration.asset_version(run_id, run_seq)`,
  `create index pipeline_runs_ended on orchestration.pipeline_runs(pipeline_name, end_time desc)`,
  `create index pipeline_runs_started on orchestration.pipeline_runs(start_time desc, run_id desc)`,
  `create index pipeline_runs_named on orchestration.pipeline_runs(pipeline_name, start_time desc, run_id desc)`,
  `create table orchestration.eviction (
  id bigserial primary key, after_event bigint not null, at timestamptz not null, keys json not null)`,
  `create table orchestration.upkeep (task text primary key, at timestamptz not null, detail json not null)`
]

/** The same step as version 6 of the embedded store. A recorded text may hold NUL and halves of surrogate pairs, always as escapes. */
const lean: ReadonlyArray<string> = [
  String.raw`create function orchestration.readable(payload json) returns json language sql immutable parallel safe
  return regexp_replace(payload::text, '\\u(0000|d[89a-f][0-9a-f]{2})', '\\ufffd', 'g')::json`,
  `drop table orchestration.unit`,
  `create view orchestration.unit as
with told as (
  select run_id, run_seq, kind, orchestration.readable(payload) as payload from orchestration.event
    where kind in ('PartitionsFixed', 'AttemptStarted', 'RetryScheduled', 'AttemptFailed', 'UnitCommitted')
    and (select archived_at from orchestration.run where run.id = event.run_id) is null),
fact as (
  select run_id, run_seq, kind, payload->>'stage' as stage, coalesce(payload->>'partition', '') as partition, payload from told
    where kind <> 'PartitionsFixed'
  union all
  select run_id, run_seq, kind, payload->>'stage', made.key, payload from told, json_array_elements_text(payload->'keys') as made(key)
    where kind = 'PartitionsFixed'),
last as (
  select *, row_number() over (partition by run_id, stage, partition order by run_seq desc) as place from fact)
select run_id, stage, partition,
  case kind when 'AttemptStarted' then 'running' when 'UnitCommitted' then 'completed'
    when 'AttemptFailed' then case when (payload->>'final')::boolean then 'failed' else 'ready' end else 'ready' end as status,
  coalesce((payload->>'attempt')::integer, 0) as attempt, to_timestamp((payload->>'due')::float8 / 1000) as not_before,
  payload->>'key' as input_hash, payload->'outputs' as output, payload->'failure' as error
from last where place = 1`,
  `drop index orchestration.cache_maker`,
  `delete from orchestration.cache where run_seq is null`,
  `alter table orchestration.cache alter column run_seq set not null, drop column partition, drop column outputs, drop column artifacts,
  drop column counters, drop column at, drop column expires_at`
]

export const migrations: ReadonlyArray<Migration> = [
  { version: 1, sql: [...tables, ...functions] },
  { version: 2, sql: retention },
  { version: 3, sql: quickFunctions },
  { version: 4, sql: commands },
  { version: 5, sql: ledger },
  { version: 6, sql: lean },
  { version: 7, sql: leanFunctions },
  { version: 8, sql: tailFunctions },
  { version: 9, sql: ledgerOrder },
  { version: 10, sql: guardedFunctions },
  { version: 11, sql: digestFunctions }
]
export const schemaVersion = migrations.at(-1)?.version ?? 0
