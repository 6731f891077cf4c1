"""Writes data/digits.csv.gz from scikit-learn's copy of the UCI digits: one image a line, 64 pixels of 0..16 and the digit."""
import gzip
import sklearn
from pathlib import Path
from sklearn.datasets import load_digits

digits = load_digits()
lines = [",".join(str(int(p)) for p in [*image, label]) for image, label in zip(digits.data, digits.target)]
path = Path(__file__).parent / "data" / "digits.csv.gz"
# mtime=0: the same bytes every time
path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
print(f"{len(lines)} images from scikit-learn {sklearn.__version__}, {path.stat().st_size} bytes")
