"""`tensorboard-peers.py FOLDER COUNT`: scalars a second of Python's writers, and of TensorBoard's readers. Best of three."""
import os
import shutil
import sys
import time

from tensorboard.backend.event_processing import event_accumulator, event_file_loader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

TAGS = ["train/loss", "val/accuracy", "learning_rate", "epoch_time"]


def best(name, count, work):
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(f"{name}: {count / min(seconds):,.0f} scalars/s", flush=True)


def main(folder, count):
    target = os.path.join(folder, "peers")

    def with_tensorboard():
        shutil.rmtree(target, ignore_errors=True)
        writer = EventFileWriter(target, max_queue_size=1000)
        for i in range(count):
            value = Summary.Value(tag=TAGS[i % 4], simple_value=i * 0.5)
            writer.add_event(Event(wall_time=1767225600 + i / 1000, step=i >> 2, summary=Summary(value=[value])))
        writer.close()

    def with_summary_writer(make):
        def write():
            shutil.rmtree(target, ignore_errors=True)
            with make(target) as writer:
                for i in range(count):
                    writer.add_scalar(TAGS[i % 4], i * 0.5, i >> 2)

        return write

    best("tensorboard's EventFileWriter", count, with_tensorboard)
    for module in ("tensorboardX", "torch.utils.tensorboard"):
        try:
            make = __import__(module, fromlist=["SummaryWriter"]).SummaryWriter
        except ImportError as error:
            print(f"{module}: not here ({error})")
            continue
        best(f"{module} add_scalar", count, with_summary_writer(make))
    (name,) = os.listdir(target)
    path = os.path.join(target, name)

    def with_loader():
        assert sum(1 for event in event_file_loader.EventFileLoader(path).Load() if event.summary.value) == count

    def with_accumulator():
        accumulator = event_accumulator.EventAccumulator(path, size_guidance={event_accumulator.SCALARS: 0})
        accumulator.Reload()
        assert sum(len(accumulator.Scalars(tag)) for tag in TAGS) == count

    best("tensorboard's EventFileLoader", count, with_loader)
    best("tensorboard's EventAccumulator", count, with_accumulator)


main(sys.argv[1], int(sys.argv[2]))
