"""Trains a small PyTorch network on 1,797 handwritten digits of 8 x 8 pixels.

Knows nothing of Parzen: settings are arguments; a line an epoch says how it goes, and the last one how good the
network is on images it never saw.
"""

import argparse
import gzip
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

DATA = Path(__file__).parent.parent / "digits" / "data" / "digits.csv.gz"


def read_settings(argv):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--model", choices=["mlp", "cnn"], default="mlp")
    parser.add_argument("--model.mlp.units", type=int, default=32)
    parser.add_argument("--model.mlp.depth", type=int, default=1)
    parser.add_argument("--model.cnn.channels", type=int, default=8)
    parser.add_argument("--model.cnn.kernel", type=int, default=3)
    parser.add_argument("--optimizer", choices=["adam", "sgd"], default="sgd")
    parser.add_argument("--optimizer.adam.lr", type=float, default=1e-3)
    parser.add_argument("--optimizer.adam.beta1", type=float, default=0.9)
    parser.add_argument("--optimizer.sgd.lr", type=float, default=3e-2)
    parser.add_argument("--optimizer.sgd.momentum", type=float, default=0.9)
    return vars(parser.parse_args(argv))


def load_digits():
    """Three parts of 599 images: (images, labels) to train, to validate and to test."""
    with gzip.open(DATA, "rt") as file:
        rows = torch.tensor([[float(cell) for cell in line.split(",")] for line in file])
    rows = rows[torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))]
    images, labels = rows[:, :64].view(-1, 1, 8, 8) / 16, rows[:, 64].long()
    return [(images[part::3], labels[part::3]) for part in range(3)]


def make_model(settings):
    if settings["model"] == "mlp":
        layers, size = [nn.Flatten()], 64
        for _ in range(settings["model.mlp.depth"]):
            layers += [nn.Linear(size, settings["model.mlp.units"]), nn.ReLU(), nn.Dropout(settings["dropout"])]
            size = settings["model.mlp.units"]
        return nn.Sequential(*layers, nn.Linear(size, 10))
    channels, kernel = settings["model.cnn.channels"], settings["model.cnn.kernel"]
    return nn.Sequential(
        nn.Conv2d(1, channels, kernel, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(channels, 2 * channels, kernel, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(settings["dropout"]),
        nn.Linear(2 * channels * 4, 10),
    )


def make_optimizer(settings, parameters):
    if settings["optimizer"] == "adam":
        betas = (settings["optimizer.adam.beta1"], 0.999)
        return torch.optim.Adam(parameters, lr=settings["optimizer.adam.lr"], betas=betas)
    return torch.optim.SGD(parameters, lr=settings["optimizer.sgd.lr"], momentum=settings["optimizer.sgd.momentum"])


@torch.no_grad()
def accuracy_of(model, images, labels):
    model.eval()
    return (model(images).argmax(1) == labels).float().mean().item()


def main(argv):
    settings = read_settings(argv)
    # several trials run at the same time: one thread each
    torch.set_num_threads(1)
    torch.manual_seed(settings["seed"])
    (images, labels), validation, test = load_digits()
    model = make_model(settings)
    optimizer = make_optimizer(settings, model.parameters())
    for epoch in range(1, settings["epochs"] + 1):
        model.train()
        for batch in torch.randperm(len(images)).split(settings["batch"]):
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            if not torch.isfinite(loss):
                sys.exit(f"the loss became {loss.item()} in epoch {epoch}")
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch}: loss={loss.item():.4f} accuracy={accuracy_of(model, *validation):.4f}", flush=True)
    print(f"test_accuracy={accuracy_of(model, *test):.4f}")


if __name__ == "__main__":
    main(sys.argv[1:])
