# Written by tetra 1.2.3: tetra deploy airflow. Change the configuration and write it again instead of editing it.
# Project /srv/tetra, configuration 0123456789ab.
# p: exact; "0 19 * * *" in America/New_York, 228 times compared
# q: exact; "0 20 * * 0" in America/New_York, 201 times compared
# r: exact; "0 21 * * 0" in America/New_York, 201 times compared
# Gated: holidays, sessions, waiting for upstream runs, catch-up, queueing and jitter are decided by `tetra run --schedule`.
from datetime import datetime, timezone

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from airflow.timetables.trigger import CronTriggerTimetable

START_DATE = datetime(2026, 11, 22, tzinfo=timezone.utc)
SCHEDULES = [
    {
        "dag_id": "tetra_tetra_p",
        "cron": "0 19 * * *",
        "timezone": "America/New_York",
        "catchup": 0,
        "command": "cd /srv/tetra && tetra run --schedule p --scheduled-by airflow --partial-ok --trigger-key '{{ run_id }}'"
    },
    {
        "dag_id": "tetra_tetra_q",
        "cron": "0 20 * * 0",
        "timezone": "America/New_York",
        "catchup": 0,
        "command": "cd /srv/tetra && tetra run --schedule q --scheduled-by airflow --partial-ok --trigger-key '{{ run_id }}'"
    },
    {
        "dag_id": "tetra_tetra_r",
        "cron": "0 21 * * 0",
        "timezone": "America/New_York",
        "catchup": 0,
        "command": "cd /srv/tetra && tetra run --schedule r --scheduled-by airflow --partial-ok --trigger-key '{{ run_id }}'"
    }
]

for schedule in SCHEDULES:
    with DAG(
        dag_id=schedule["dag_id"],
        schedule=CronTriggerTimetable(schedule["cron"], timezone=schedule["timezone"]),
        start_date=START_DATE,
        catchup=bool(schedule["catchup"]),
        max_active_runs=1,
        default_args={"retries": 0},
        tags=["tetra"],
    ) as dag:
        # The space at the end keeps a command that ends in .sh from being read as the name of a template file.
        BashOperator(task_id="tetra", bash_command=schedule["command"] + " ")
    globals()[schedule["dag_id"]] = dag
