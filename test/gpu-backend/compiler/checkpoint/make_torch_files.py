"""Make the small PyTorch files in torch-files/, and what they hold.

    python make_torch_files.py torch-files

Each kind is written twice, as the zip archive and as the legacy pickle. `views.json` tells the elements of every
tensor in `views` and `types`, row-major.
"""
import json, os, sys
from collections import OrderedDict
import torch

out = sys.argv[1]
os.makedirs(out, exist_ok=True)


def save(value, name):
    torch.save(value, f'{out}/{name}.zip.bin')
    torch.save(value, f'{out}/{name}.legacy.bin', _use_new_zipfile_serialization=False)


base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
shared = torch.tensor([[1.5, -2.0], [0.25, 8.0]])
views = OrderedDict(
    whole=base, transposed=base.t(), offset=base[1:3, 2:5], every_second=base[:, ::2], one_column=base[:, 3:4],
    row=base[2], scalar=base[3, 5], empty=base[:0], tied=shared, tied_again=shared,
    parameter=torch.nn.Parameter(shared * 2), permuted=torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1))
# What a module's state_dict carries beside its tensors.
views._metadata = OrderedDict([('', {'version': 1})])
save(views, 'views')

types = dict(f32=torch.tensor([1.5, -0.1]), f16=torch.tensor([1.5, -0.1, 65504.0]).half(),
             bf16=torch.tensor([1.5, -0.1, 3e38]).bfloat16(), i64=torch.tensor([1, 2]), f64=torch.tensor([0.1]).double())
save(types, 'types')
save(dict(expanded=torch.zeros(1).expand(1000)), 'expanded')


class Command:
    def __reduce__(self):
        return os.system, ('touch /tmp/tandem-test-was-run',)


save(dict(weight=shared, extra=Command()), 'command')

with open(f'{out}/views.json', 'w') as f:
    weights = {**views, **{k: v for k, v in types.items() if k not in ('i64', 'f64')}}
    json.dump({k: dict(shape=list(v.shape), values=v.detach().float().flatten().tolist()) for k, v in weights.items()}, f)
