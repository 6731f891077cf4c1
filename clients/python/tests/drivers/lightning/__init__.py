from . import pytorch as pytorch
