/** Every event is written with its digest, as `digestOf` works it out. */
export const digestFunctions: ReadonlyArray<string> = [
  `alter table orchestration.event add column digest text`,
  `create function orchestration.next_digest(last text, before text, written text) returns text language sql
  return left(translate(encode(sha256(convert_to(coalesce(last, before, '') || E'\\n' || written, 'UTF8')), 'base64'), '+/', '-_'), 22)`,
  `create aggregate orchestration.chained(before text, written text) (sfunc = orchestration.next_digest, stype = text)`,
  `create or replace function orchestration.write_events(member jsonb, since integer, of_epoch bigint) returns void language plpgsql as $f$
declare
  of_run text := member->>'run';
  written timestamptz := member->>'at';
  millis bigint := extract(epoch from written) * 1000;
  before text := (select digest from orchestration.event where run_id = of_run and run_seq = since);
begin
  if member ? 'changes' then
    perform orchestration.apply_changes((member->'changes')::json);
  end if;
  insert into orchestration.event (run_id, run_seq, kind, v, epoch, payload, at, digest)
    select of_run, since + place, event->>0, (event->>1)::smallint, of_epoch, (event->>2)::json, written, orchestration.chained(before,
      concat_ws(E'\\n', of_run, since + place, event->>0, event->>1, of_epoch, millis, event->>2)) over (order by place)
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
end $f$`
]
