"""Writes event files and nothing else, where it is told to. Knows nothing of Parzen."""
import argparse
import os
import sys

from torch.utils.tensorboard import SummaryWriter

parser = argparse.ArgumentParser()
parser.add_argument("--x", type=float, required=True)
parser.add_argument("--logdir")
parser.add_argument("--epochs", type=int, default=5)
args = parser.parse_args()

with SummaryWriter(args.logdir) as writer:
    writer.add_text("config", str(args))
    for epoch in range(1, args.epochs + 1):
        loss = (args.x - 0.25) ** 2 + 1 / epoch
        writer.add_scalar("train/loss", loss * 2, epoch)
        writer.add_scalar("val/loss", loss, epoch, new_style=epoch % 2 == 0)
    writer.add_histogram("weights", __import__("numpy").arange(10), 1)
    writer.add_hparams({"x": args.x}, {"hparam/loss": loss})
print("trained", file=sys.stderr)
