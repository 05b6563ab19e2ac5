/** What a step of the schema does. A step that has been released is never edited: add another one. */
export interface Migration {
  readonly version: number
  readonly sql: string
}

/**
 * The state file, attached as `orchestration`. `pipeline_state` and `pipeline_runs` keep the names, columns and status
 * words of the old scripts (`success` for completed); timestamps in them are UTC text, `YYYY-MM-DD HH:MM:SS.sss`.
 * Everywhere else instants are epoch milliseconds, and a partition of null is stored as the empty text.
 */
export const migrations: ReadonlyArray<Migration> = [
  {
    version: 1,
    sql: `
create table orchestration.pipeline_state (
  pipeline_name varchar(50) primary key, last_run_timestamp timestamp, last_run_status varchar(20),
  last_run_duration_seconds integer, next_scheduled_run timestamp, current_status varchar(20), metadata text);
create table orchestration.pipeline_runs (
  run_id integer primary key autoincrement, pipeline_name varchar(50), start_time timestamp, end_time timestamp,
  status varchar(20), records_processed integer, error_message text, log_file_path text, metadata text);
create unique index orchestration.pipeline_runs_run on pipeline_runs(json_extract(metadata, '$.run'), pipeline_name);

create table orchestration.run (
  id text primary key, pipeline text not null, mode text, pipelines text not null, plan_hash text not null,
  config_version text not null, params text not null, trigger text not null, priority integer not null default 0,
  status text not null, seq integer not null default 0, epoch integer not null default 1, command_id text unique,
  owner text not null, parent text references run(id), requested_at integer not null, ended_at integer, reason text);
create index orchestration.run_requested on run(requested_at desc, id desc);
create index orchestration.run_open on run(id) where ended_at is null;

create table orchestration.event (
  id integer primary key autoincrement, run_id text not null references run(id), run_seq integer not null,
  kind text not null, v integer not null, epoch integer not null, payload text not null, at integer not null,
  unique (run_id, run_seq));

create table orchestration.unit (
  run_id text not null, stage text not null, partition text not null, status text not null, attempt integer not null default 0,
  lane text not null, need text not null, not_before integer, input_hash text, output text, error text,
  primary key (run_id, stage, partition)) without rowid;
create index orchestration.unit_open on unit(status, lane, not_before) where status in ('ready', 'dispatched', 'running');

create table orchestration.lease (
  key text primary key, owner text not null, epoch integer not null, expires_at integer not null, detail text not null);

create table orchestration.checkpoint (
  run_id text not null, stage text not null, partition text not null, name text not null, attempt integer not null,
  cursor text not null, artifact text not null, primary key (run_id, stage, partition, name)) without rowid;

create table orchestration.artifact (
  hash text primary key, uri text, bytes integer, media text, created_at integer, pinned integer) without rowid;
create table orchestration.asset_version (
  id integer primary key autoincrement, asset text not null, version text not null, run_id text not null, stage text not null,
  run_seq integer not null, at integer not null, output text not null, coverage text not null,
  inputs text not null, degraded text, unique (asset, version));
create index orchestration.asset_newest on asset_version(asset, id desc);
create table orchestration.cache (
  key text primary key, run_id text not null, stage text not null, partition text, outputs text not null, artifacts text not null,
  counters text not null, at integer not null, hit_at integer, expires_at integer) without rowid;
`
  },
  {
    version: 2,
    sql: `
create table orchestration.reset (
  id integer primary key autoincrement, pipeline text not null, after_event integer not null, at integer not null);
`
  },
  {
    // Retention. The table of objects is dropped: nothing read it, and which objects there are is what the folder says.
    version: 3,
    sql: `
drop table orchestration.artifact;
alter table orchestration.run add column archived_at integer;
alter table orchestration.run add column archiving integer;
drop index orchestration.run_open;
create index orchestration.run_open on run(requested_at desc, id desc) where ended_at is null;
create index orchestration.run_ended on run(ended_at) where archived_at is null;
create index orchestration.run_whole on run(requested_at) where archived_at is null;
create index orchestration.run_archiving on run(id) where archiving is not null;
alter table orchestration.event add column kept integer;
create index orchestration.event_kept on event(id) where kept is not null;
alter table orchestration.cache add column run_seq integer;
update orchestration.cache set run_seq = made.run_seq from (
  select run_id, json_extract(payload, '$.key') as key, max(run_seq) as run_seq from orchestration.event
  where kind = 'UnitCommitted' and json_extract(payload, '$.cached') is null group by 1, 2) as made
  where made.run_id = cache.run_id and made.key = cache.key;
create index orchestration.cache_maker on cache(run_id, run_seq);
create index orchestration.asset_maker on asset_version(run_id, run_seq);
create index orchestration.pipeline_runs_ended on pipeline_runs(pipeline_name, end_time desc);
create index orchestration.pipeline_runs_started on pipeline_runs(start_time desc, run_id desc);
create index orchestration.pipeline_runs_named on pipeline_runs(pipeline_name, start_time desc, run_id desc);
create table orchestration.eviction (
  id integer primary key autoincrement, after_event integer not null, at integer not null, keys text not null);
create table orchestration.upkeep (task text primary key, at integer not null, detail text not null) without rowid;
`
  },
  {
    version: 4,
    sql: `
alter table orchestration.run add column paused text;
create table orchestration.command (
  place integer primary key autoincrement, id text not null unique, run_id text not null references run(id) on delete cascade,
  kind text not null, "by" text not null, reason text not null, at integer not null);
create index orchestration.command_run on command(run_id, place);
`
  },
  {
    version: 5,
    sql: `
create table orchestration.ledger (
  collection text not null, key text not null, body text not null, at integer not null, due integer, version integer not null,
  primary key (collection, key)) without rowid;
create index orchestration.ledger_at on ledger(collection, at, key);
create index orchestration.ledger_due on ledger(collection, due) where due is not null;
`
  },
  {
    // What an append writes: no result twice, and no row that the log has anyway. A unit is looked at through a view. The newest
    // event is never deleted (see archiveRuns), so that numbers do not come again without a counter of their own.
    version: 6,
    sql: `
alter table orchestration.event rename to event_before;
create table orchestration.event (
  id integer primary key, run_id text not null, run_seq integer not null, kind text not null, v integer not null, epoch integer not null,
  payload text not null, at integer not null, kept integer, unique (run_id, run_seq));
insert into orchestration.event select id, run_id, run_seq, kind, v, epoch, payload, at, kept from orchestration.event_before order by id;
drop table orchestration.event_before;
create index orchestration.event_kept on event(id) where kept is not null;

drop table orchestration.unit;
create view orchestration.unit as
with fact as (
  select run_id, run_seq, kind, json_extract(payload, '$.stage') as stage,
    coalesce(json_extract(payload, '$.partition'), '') as partition, payload from event
    where kind in ('AttemptStarted', 'RetryScheduled', 'AttemptFailed', 'UnitCommitted')
  union all
  select run_id, run_seq, kind, json_extract(payload, '$.stage'), made.value, payload from event, json_each(event.payload, '$.keys') as made
    where kind = 'PartitionsFixed'),
last as (
  select *, row_number() over (partition by run_id, stage, partition order by run_seq desc) as place from fact)
select run_id, stage, partition,
  case kind when 'AttemptStarted' then 'running' when 'UnitCommitted' then 'completed'
    when 'AttemptFailed' then iif(json_extract(payload, '$.final'), 'failed', 'ready') else 'ready' end as status,
  coalesce(json_extract(payload, '$.attempt'), 0) as attempt, json_extract(payload, '$.due') as not_before,
  json_extract(payload, '$.key') as input_hash, json_extract(payload, '$.outputs') as output, json_extract(payload, '$.failure') as error
from last where place = 1 and (select archived_at from run where run.id = last.run_id) is null;

drop index orchestration.cache_maker;
alter table orchestration.cache rename to cache_before;
create table orchestration.cache (
  key text primary key, run_id text not null, run_seq integer not null, stage text not null, hit_at integer) without rowid;
insert into orchestration.cache select key, run_id, run_seq, stage, hit_at from orchestration.cache_before where run_seq is not null order by key;
drop table orchestration.cache_before;
`
  },
  {
    // What shows that an event is still the one that was written. Those from before have none.
    version: 7,
    sql: `
alter table orchestration.event add column digest text;
`
  }
]
export const schemaVersion = migrations.at(-1)?.version ?? 0
