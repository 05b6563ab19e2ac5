/** The functions of the database that appends run in, version after version: each step of the schema keeps its own. */

/**
 * One append is one round trip: these functions check its place in the log and run what the client decided. They know no
 * projection, so that a newer client needs no newer functions. A change is `[statement, [text or null, ...]]`, the statement
 * reads its values from `$1`; an event is `[kind, version, payload as text]`.
 */
export const functions: ReadonlyArray<string> = [
  `create function orchestration.apply_changes(changes json) returns void language plpgsql as $f$
declare
  change json;
begin
  for change in select value from json_array_elements(changes) loop
    execute change->>0 using change->1;
  end loop;
end $f$`,
  `create function orchestration.write_events(member json, since integer, of_epoch bigint) returns void language plpgsql as $f$
declare
  of_run text := member->>'run';
  added integer := json_array_length(member->'events');
begin
  perform orchestration.apply_changes(member->'changes');
  insert into orchestration.event (run_id, run_seq, kind, v, epoch, payload, at)
    select of_run, since + place, event->>0, (event->>1)::smallint, of_epoch, (event->>2)::json, (member->>'at')::timestamptz
    from json_array_elements(member->'events') with ordinality as given(event, place) order by place;
  update orchestration.run set seq = since + added, last_append = member->>'token' where id = of_run;
end $f$`,
  `create function orchestration.append_member(member json) returns json language plpgsql as $f$
declare
  known record;
  expected integer := (member->>'expected')::integer;
  added integer := json_array_length(member->'events');
begin
  select seq, epoch, last_append into known from orchestration.run where id = member->>'run' for update;
  if not found then
    return json_build_object('is', 'unknown');
  end if;
  if known.epoch <> (member->>'epoch')::bigint then
    return json_build_object('is', 'fenced', 'found', known.epoch);
  end if;
  if known.seq = expected + added and known.last_append = member->>'token' then
    return json_build_object('is', 'done', 'seq', known.seq);
  end if;
  if known.seq <> expected then
    return json_build_object('is', 'stale', 'found', known.seq);
  end if;
  perform orchestration.write_events(member, expected, known.epoch);
  return json_build_object('is', 'done', 'seq', expected + added);
end $f$`,
  `create function orchestration.create_member(member json) returns json language plpgsql as $f$
declare
  known record;
begin
  select id, epoch, seq into known from orchestration.run
    where id = member->>'run' or command_id = member->>'command' order by (id = member->>'run') desc limit 1;
  if found then
    return json_build_object('is', 'known', 'id', known.id, 'epoch', known.epoch, 'seq', known.seq);
  end if;
  perform orchestration.write_events(member, 0, 1);
  update orchestration.run set command_id = member->>'command' where id = member->>'run' and member->>'command' is not null;
  return json_build_object('is', 'done', 'seq', json_array_length(member->'events'));
end $f$`,
  `create function orchestration.commit_members(members json) returns json language plpgsql as $f$
declare
  member json;
  answers json[] := '{}';
begin
  for member in select value from json_array_elements(members) loop
    answers := answers || case when member->>'expected' is null
      then orchestration.create_member(member) else orchestration.append_member(member) end;
  end loop;
  return array_to_json(answers);
end $f$`
]

/** The same, quicker: a statement is planned once per session, and the text of a member is not read again for every event of it. */
export const quickFunctions: ReadonlyArray<string> = [
  `create or replace function orchestration.apply_changes(changes json) returns void language plpgsql as $f$
declare
  change json;
  name text;
  known text[] := (select coalesce(array_agg(p.name), '{}') from pg_prepared_statements p);
begin
  for change in select value from json_array_elements(changes) loop
    name := 'tetra_' || md5(change->>0);
    if name <> all (known) then
      execute 'prepare ' || name || '(json) as ' || (change->>0);
      known := known || name;
    end if;
    execute 'execute ' || name || '(' || quote_literal(change->1) || ')';
  end loop;
end $f$`,
  `create or replace function orchestration.write_events(member json, since integer, of_epoch bigint) returns void language plpgsql as $f$
declare
  of_run text := member->>'run';
  written timestamptz := member->>'at';
  events json := member->'events';
begin
  perform orchestration.apply_changes(member->'changes');
  insert into orchestration.event (run_id, run_seq, kind, v, epoch, payload, at)
    select of_run, since + place, event->>0, (event->>1)::smallint, of_epoch, (event->>2)::json, written
    from json_array_elements(events) with ordinality as given(event, place) order by place;
  update orchestration.run set seq = since + json_array_length(events), last_append = member->>'token' where id = of_run;
end $f$`
]

/** Held by an append from before it numbers its events until they are committed, so that the order of the numbers is that of the commits. */
const appendLock = 7_283_710_116

/**
 * One append as few statements that are planned once: its place is checked and taken by one update, events and reusable results are written as
 * sets. What is rare stays a statement of the client's (`changes`). In place of the functions of the first version; a member is read once.
 */
export const leanFunctions: ReadonlyArray<string> = [
  // An append has looked for its run: asking again for every event costs a lock each.
  `alter table orchestration.event drop constraint event_run_id_fkey`,
  `drop function orchestration.commit_members(json), orchestration.append_member(json), orchestration.create_member(json),
  orchestration.write_events(json, integer, bigint)`,
  `create function orchestration.write_events(member jsonb, since integer, of_epoch bigint) returns void language plpgsql as $f$
declare
  of_run text := member->>'run';
  written timestamptz := member->>'at';
begin
  if member ? 'changes' then
    perform orchestration.apply_changes((member->'changes')::json);
  end if;
  insert into orchestration.event (run_id, run_seq, kind, v, epoch, payload, at)
    select of_run, since + place, event->>0, (event->>1)::smallint, of_epoch, (event->>2)::json, written
    from jsonb_array_elements(member->'events') with ordinality as given(event, place) order by place;
  if member ? 'made' then
    insert into orchestration.cache (key, run_id, run_seq, stage)
      select distinct on (made->>0) made->>0, of_run, (made->>1)::integer, made->>2
      from jsonb_array_elements(member->'made') as given(made) order by made->>0, (made->>1)::integer desc
      on conflict (key) do update set run_id = excluded.run_id, run_seq = excluded.run_seq, stage = excluded.stage;
  end if;
  if member ? 'settled' and exists (select 1 from orchestration.checkpoint where run_id = of_run) then
    delete from orchestration.checkpoint using jsonb_array_elements(member->'settled') as given(unit)
      where run_id = of_run and stage = unit->>0 and partition = unit->>1;
  end if;
end $f$`,
  `create function orchestration.append_member(member jsonb) returns json language plpgsql as $f$
declare
  of_run text := member->>'run';
  of_epoch bigint := member->>'epoch';
  of_token text := member->>'token';
  expected integer := member->>'expected';
  reached integer := expected + jsonb_array_length(member->'events');
  known record;
begin
  update orchestration.run set seq = reached, last_append = of_token where id = of_run and epoch = of_epoch and seq = expected;
  if found then
    perform orchestration.write_events(member, expected, of_epoch);
    return json_build_object('is', 'done', 'seq', reached);
  end if;
  select seq, epoch, last_append into known from orchestration.run where id = of_run;
  if not found then
    return json_build_object('is', 'unknown');
  end if;
  if known.epoch <> of_epoch then
    return json_build_object('is', 'fenced', 'found', known.epoch);
  end if;
  if known.seq = reached and known.last_append = of_token then
    return json_build_object('is', 'done', 'seq', reached);
  end if;
  return json_build_object('is', 'stale', 'found', known.seq);
end $f$`,
  `create function orchestration.create_member(member jsonb) returns json language plpgsql as $f$
declare
  known record;
begin
  select id, epoch, seq into known from orchestration.run
    where id = member->>'run' or command_id = member->>'command' order by (id = member->>'run') desc limit 1;
  if found then
    return json_build_object('is', 'known', 'id', known.id, 'epoch', known.epoch, 'seq', known.seq);
  end if;
  perform orchestration.write_events(member, 0, 1);
  update orchestration.run set seq = jsonb_array_length(member->'events'), last_append = member->>'token',
    command_id = coalesce(member->>'command', command_id) where id = member->>'run';
  return json_build_object('is', 'done', 'seq', jsonb_array_length(member->'events'));
end $f$`,
  `create function orchestration.commit_members(members jsonb) returns json language plpgsql as $f$
declare
  member jsonb;
  answers json[] := '{}';
begin
  perform pg_advisory_xact_lock(${appendLock});
  for member in select value from jsonb_array_elements(members) loop
    answers := answers || case when member ? 'expected'
      then orchestration.append_member(member) else orchestration.create_member(member) end;
  end loop;
  return array_to_json(answers);
end $f$`
]

/** An append that takes the tail of a member along, unless a result with one of its keys can be reused: the look into the cache is no trip of its own. */
export const tailFunctions: ReadonlyArray<string> = [
  `create or replace function orchestration.append_member(member jsonb) returns json language plpgsql as $f$
declare
  of_run text := member->>'run';
  of_epoch bigint := member->>'epoch';
  of_token text := member->>'token';
  expected integer := member->>'expected';
  whole jsonb := member;
  reached integer;
  known record;
begin
  if member ? 'tail' and not exists (select 1 from orchestration.cache
      where key in (select unless from jsonb_array_elements_text(member->'tail'->'unless') as given(unless))) then
    whole := jsonb_set(member, '{events}', (member->'events') || (member->'tail'->'events'));
  end if;
  reached := expected + jsonb_array_length(whole->'events');
  update orchestration.run set seq = reached, last_append = of_token where id = of_run and epoch = of_epoch and seq = expected;
  if found then
    perform orchestration.write_events(whole, expected, of_epoch);
    return json_build_object('is', 'done', 'seq', reached);
  end if;
  select seq, epoch, last_append into known from orchestration.run where id = of_run;
  if not found then
    return json_build_object('is', 'unknown');
  end if;
  if known.epoch <> of_epoch then
    return json_build_object('is', 'fenced', 'found', known.epoch);
  end if;
  if known.last_append = of_token then
    return json_build_object('is', 'done', 'seq', known.seq);
  end if;
  return json_build_object('is', 'stale', 'found', known.seq);
end $f$`
]

/** Held while the schema changes, and shared by whoever writes: so the schema is the same from a look at it to the commit. */
export const migrationLock = 7_283_710_114

/** Who writes says which schema it knows, and is told, with nothing written, when there is a newer one by the time that it has its locks. */
export const guardedFunctions: ReadonlyArray<string> = [
  `create function orchestration.is_known(version_known integer) returns boolean language plpgsql as $f$
begin
  perform pg_advisory_xact_lock_shared(${migrationLock});
  return not exists (select from orchestration.tetra_schema where version > version_known);
end $f$`,
  `drop function orchestration.commit_members(jsonb)`,
  `create function orchestration.commit_members(members jsonb, version_known integer) returns json language plpgsql as $f$
declare
  member jsonb;
  answers json[] := '{}';
begin
  if not orchestration.is_known(version_known) then
    return null;
  end if;
  perform pg_advisory_xact_lock(${appendLock});
  for member in select value from jsonb_array_elements(members) loop
    answers := answers || case when member ? 'expected'
      then orchestration.append_member(member) else orchestration.create_member(member) end;
  end loop;
  return array_to_json(answers);
end $f$`
]
