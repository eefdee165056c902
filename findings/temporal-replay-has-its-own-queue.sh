#!/usr/bin/env bash
# In a replay with Temporal's TypeScript SDK, workflowInfo().taskQueue is not the queue that the history records.
#
# Seen with @temporalio/worker 1.24.0. The first event of a history names the Workflow's task queue, and the rest of workflowInfo()
# (workflowId, workflowType, runId, attempt, startTime) comes from that event, so one would guess that the queue does, too. A
# replay gives the made-up queue of its own worker instead, "fake_replay_queue-" and a number. A Workflow that makes ids of
# children from its queue (projects that share a namespace have queues of their own) runs well and fails each replay as
# nondeterministic: take what such ids need from the Workflow's input or id.
#
# Needs: bash, npm, Node 20 or later. Fails when the behaviour is another.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
version=1.24.0
npm install --silent --no-audit --no-fund "@temporalio/worker@$version" "@temporalio/workflow@$version" >/dev/null
cat >workflows.js <<'JS'
const { proxySinks, workflowInfo } = require('@temporalio/workflow');
exports.order = async function order() {
  const { taskQueue, workflowType, attempt } = workflowInfo();
  proxySinks().said.info(JSON.stringify({ taskQueue, workflowType, attempt }));
};
JS
cat >replay.js <<'JS'
const { DefaultLogger, Runtime, Worker } = require('@temporalio/worker');
Runtime.install({ logger: new DefaultLogger('ERROR') });
const time = '2026-01-01T00:00:00Z';
const event = (eventId, eventType, name, attributes) => ({
  eventId: String(eventId), eventTime: time, eventType: `EVENT_TYPE_${eventType}`, [`${name}EventAttributes`]: attributes,
});
const taskQueue = { name: 'orders', kind: 'TASK_QUEUE_KIND_NORMAL' };
const runId = '00000000-0000-4000-8000-000000000000';
const history = { events: [
  event(1, 'WORKFLOW_EXECUTION_STARTED', 'workflowExecutionStarted', {
    workflowType: { name: 'order' }, workflowId: 'order-1', taskQueue, attempt: 1, originalExecutionRunId: runId,
    firstExecutionRunId: runId, workflowTaskTimeout: '10s',
  }),
  event(2, 'WORKFLOW_TASK_SCHEDULED', 'workflowTaskScheduled', { taskQueue, startToCloseTimeout: '10s', attempt: 1 }),
  event(3, 'WORKFLOW_TASK_STARTED', 'workflowTaskStarted', { scheduledEventId: '2' }),
  event(4, 'WORKFLOW_TASK_COMPLETED', 'workflowTaskCompleted', { scheduledEventId: '2', startedEventId: '3' }),
  event(5, 'WORKFLOW_EXECUTION_COMPLETED', 'workflowExecutionCompleted', { workflowTaskCompletedEventId: '4' }),
] };
let seen;
const sinks = { said: { info: { fn: (_info, text) => { seen = JSON.parse(text); }, callDuringReplay: true } } };
Worker.runReplayHistory({ workflowsPath: require.resolve('./workflows.js'), sinks }, history, 'order-1').then(() => {
  console.log(`recorded queue: orders; in the replay:`, seen);
  const same = seen.workflowType === 'order' && seen.attempt === 1;
  process.exit(same && /^fake_replay_queue/.test(seen.taskQueue) ? 0 : 1);
}, (error) => { console.error(error); process.exit(1); });
JS
node replay.js || { echo 'this has changed'; exit 1; }
