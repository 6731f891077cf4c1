"""What TensorBoard itself finds in a log folder, as JSON: `python read_logs.py LOGDIR`.

Its own record reader, multiplexer and HParams back end are asked; nothing is decoded here.
"""
import json
import os
import sys

from tensorboard import context
from tensorboard.backend.event_processing import data_provider, event_accumulator, event_file_loader
from tensorboard.backend.event_processing import plugin_event_multiplexer
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups
from tensorboard.util import tensor_util

STATUSES = [api_pb2.STATUS_UNKNOWN, api_pb2.STATUS_SUCCESS, api_pb2.STATUS_FAILURE, api_pb2.STATUS_RUNNING]


def value_of(message):
    kind = message.WhichOneof("kind")
    return None if kind is None or kind == "null_value" else getattr(message, kind)


def files(logdir):
    """Records of each file, by name; TensorBoard stops without a word where a checksum is wrong."""
    found = {}
    for folder, _, names in os.walk(logdir):
        for name in names:
            if "tfevents" in name:
                path = os.path.join(folder, name)
                found[os.path.relpath(path, logdir)] = len(list(event_file_loader.RawEventFileLoader(path).Load()))
    return found


def load(logdir):
    everything = {"tensors": 10}
    multiplexer = plugin_event_multiplexer.EventMultiplexer(
        size_guidance=everything, tensor_size_guidance={"scalars": 100000}
    )
    multiplexer.AddRunsFromDirectory(logdir)
    multiplexer.Reload()
    return multiplexer


def curves(multiplexer):
    runs = {}
    for run in multiplexer.Runs():
        accumulator = multiplexer.GetAccumulator(run)
        tags = accumulator.Tags()[event_accumulator.TENSORS]
        runs[run] = {
            tag: [[event.step, float(tensor_util.make_ndarray(event.tensor_proto))] for event in accumulator.Tensors(tag)]
            for tag in tags
            if accumulator.SummaryMetadata(tag).plugin_data.plugin_name == "scalars"
        }
    return runs


def hparams(multiplexer, logdir):
    provider = data_provider.MultiplexerDataProvider(multiplexer, logdir)
    backend = backend_context.Context(base_plugin.TBContext(data_provider=provider, logdir=logdir))
    request = context.RequestContext()
    experiment = get_experiment.Handler(request, backend, "", api_pb2.GetExperimentRequest()).run()
    asked = api_pb2.ListSessionGroupsRequest(start_index=0, slice_size=100000, allowed_statuses=STATUSES)
    groups = list_session_groups.Handler(request, backend, "", asked).run().session_groups
    return {
        "name": experiment.name,
        "columns": {
            info.name: {
                "type": api_pb2.DataType.Name(info.type),
                "interval": [info.domain_interval.min_value, info.domain_interval.max_value]
                if info.HasField("domain_interval")
                else None,
                "discrete": [value_of(each) for each in info.domain_discrete.values],
            }
            for info in experiment.hparam_infos
        },
        "metrics": {info.name.tag: info.display_name for info in experiment.metric_infos},
        "rows": {
            group.name: {
                "hparams": {name: value_of(value) for name, value in group.hparams.items()},
                "metrics": {metric.name.tag: metric.value for metric in group.metric_values},
                "statuses": [api_pb2.Status.Name(session.status) for session in group.sessions],
            }
            for group in groups
        },
    }


def main(logdir):
    multiplexer = load(logdir)
    found = {"files": files(logdir), "runs": curves(multiplexer), "hparams": hparams(multiplexer, logdir)}
    json.dump(found, sys.stdout)


main(sys.argv[1])
