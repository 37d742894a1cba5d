#!/usr/bin/env bash
# Training on a Slurm cluster:
#   sbatch docs/jobs/slurm.sh configs/ner.cfg models/mine [--training.seed 3 …]
# Run it from the project's folder, with biaozhu in .venv (or BIAOZHU=/path/to/biaozhu). Seeds side by side:
#   for seed in 0 1 2; do sbatch docs/jobs/slurm.sh configs/ner.cfg "models/seed-$seed" --training.seed "$seed"; done
# For configs/ner-transformer.cfg add: sbatch --gres=gpu:1 docs/jobs/slurm.sh … --gpu 0
#SBATCH --job-name=biaozhu-train
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --mem=8G
#SBATCH --time=02:00:00
#SBATCH --output=%x-%j.log
#SBATCH --signal=B:TERM@60
set -euo pipefail

if [ "$#" -lt 2 ]; then
  echo "usage: sbatch docs/jobs/slurm.sh CONFIG OUTPUT [--block.key value …]" >&2
  exit 2
fi
config="$1"
output="$2"
shift 2

# One thread a process: more make small models slower, and results then do not depend on the machine.
export OMP_NUM_THREADS=1
export NUMBA_CACHE_DIR="${TMPDIR:-/tmp}/numba-${SLURM_JOB_ID:-local}"

"${BIAOZHU:-.venv/bin/biaozhu}" train "$config" --output "$output" "$@" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT
set +e
wait "$child"
code=$?
echo "biaozhu train ended with exit code $code (0 done, 2 wrong input, 143 stopped)"
exit "$code"
