"""Classifies breast tumours (scikit-learn's built-in Wisconsin data) with one of three kinds of model.

Knows nothing of Parzen: settings are arguments, the last line of the output says how good the model is.
`accuracy` is the mean of 5-fold cross-validation on the training part, `test_accuracy` is on patients never seen.
"""

import argparse
import sys

from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC


def read_settings(argv):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", choices=["forest", "boosting", "svm"], default="forest")
    parser.add_argument("--model.forest.trees", type=int, default=100)
    parser.add_argument("--model.forest.depth", type=int, default=12)
    parser.add_argument("--model.forest.features", type=float, default=0.18, help="share of the features tried at a split")
    parser.add_argument("--model.boosting.trees", type=int, default=50)
    parser.add_argument("--model.boosting.lr", type=float, default=0.1)
    parser.add_argument("--model.boosting.depth", type=int, default=3)
    parser.add_argument("--model.svm.C", type=float, default=1.0)
    parser.add_argument("--model.svm.kernel", choices=["rbf", "linear"], default="rbf")
    parser.add_argument("--model.svm.kernel.rbf.gamma", type=float, default=0.03)
    return vars(parser.parse_args(argv))


def make_model(settings):
    kind = settings["model"]
    prefix = f"model.{kind}."
    own = {name.removeprefix(prefix): value for name, value in settings.items() if name.startswith(prefix)}
    if kind == "forest":
        return RandomForestClassifier(
            n_estimators=own["trees"],
            max_depth=own["depth"],
            max_features=own["features"],
            random_state=settings["seed"],
        )
    if kind == "boosting":
        return GradientBoostingClassifier(
            n_estimators=own["trees"], learning_rate=own["lr"], max_depth=own["depth"], random_state=settings["seed"]
        )
    return make_pipeline(StandardScaler(), SVC(C=own["C"], kernel=own["kernel"], gamma=own["kernel.rbf.gamma"]))


def main(argv):
    settings = read_settings(argv)
    X, y = load_breast_cancer(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, stratify=y, random_state=0)
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=0)
    accuracy = cross_val_score(make_model(settings), X_train, y_train, cv=folds).mean()
    test_accuracy = make_model(settings).fit(X_train, y_train).score(X_test, y_test)
    print(f"accuracy={accuracy:.4f} test_accuracy={test_accuracy:.4f}")


if __name__ == "__main__":
    main(sys.argv[1:])
