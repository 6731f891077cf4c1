"""Trains a small PyTorch network on 1,797 handwritten digits of 8 x 8 pixels, and can be cut off after any epoch.

What the next epoch needs is kept in a checkpoint before the epoch is reported. So a trial that was paused goes on where it
was, and a trial that takes over from a better one (`population.yaml`) goes on from that one's network with settings of its own.
"""

import gzip
import os
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from parzen import trial

DATA = Path(__file__).parent.parent / "digits" / "data" / "digits.csv.gz"
EPOCHS = 27


def load_digits():
    """Two parts, (images, labels) to train and to validate: 599 and 1,198 of them."""
    with gzip.open(DATA, "rt") as file:
        rows = torch.tensor([[float(cell) for cell in line.split(",")] for line in file])
    rows = rows[torch.randperm(len(rows), generator=torch.Generator().manual_seed(0))]
    images, labels = rows[:, :64].view(-1, 1, 8, 8) / 16, rows[:, 64].long()
    return (images[:599], labels[:599]), (images[599:], labels[599:])


def make_model(dropout):
    return nn.Sequential(
        nn.Conv2d(1, 12, 3, padding="same"),
        nn.ReLU(),
        nn.Conv2d(12, 24, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(24 * 16, 10),
    )


def train_epoch(model, optimizer, images, labels):
    """One pass over the images, each of them in three places."""
    model.train()
    places = [(0, 0), (1, 1), (-1, -1)]
    moved = torch.cat([images.roll(place, (2, 3)) for place in places])
    labels = labels.repeat(len(places))
    for batch in torch.randperm(len(moved)).split(64):
        loss = F.cross_entropy(model(moved[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


@torch.no_grad()
def accuracy_of(model, images, labels):
    model.eval()
    return (model(images).argmax(1) == labels).float().mean().item()


def save(path, state):
    """Whole or not at all: it may be cut off in the middle of this, too."""
    draft = path.with_suffix(".draft")
    torch.save(state, draft)
    os.replace(draft, path)


def main():
    # what is not tuned, and everything outside a sweep, has these values
    params = trial.params(lr=0.01, momentum=0.0, weight_decay=1e-4, dropout=0.1)
    # several trials run at the same time: one thread each
    torch.set_num_threads(1)
    torch.manual_seed(trial.seed)
    training, validation = load_digits()
    model = make_model(params.dropout)
    optimizer = torch.optim.SGD(model.parameters(), lr=params.lr, momentum=params.momentum, weight_decay=params.weight_decay)

    done = 0
    checkpoint = trial.checkpoint_dir / "last.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint)
        done = state["epoch"]
        print(f"goes on after epoch {done}", flush=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        # the optimizer's state brings its old settings with it; a fork has others
        optimizer.param_groups[0].update(lr=params.lr, momentum=params.momentum, weight_decay=params.weight_decay)

    for epoch in range(done + 1, EPOCHS + 1):
        # the same draws in this epoch, however often the training was paused before
        torch.manual_seed(trial.seed * 1000 + epoch)
        loss = train_epoch(model, optimizer, *training)
        accuracy = accuracy_of(model, *validation)
        save(checkpoint, {"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()})
        print(f"epoch {epoch}: loss {loss:.4f}, accuracy {accuracy:.4f}", flush=True)
        trial.report(step=epoch, accuracy=accuracy, loss=loss)  # ends the script here if the trial is to stop or to pause


if __name__ == "__main__":
    main()
