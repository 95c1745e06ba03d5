#!/bin/sh
# What both container definitions run to make the environments.
#   install.sh controller    the one that Snakemake runs in, at /opt/controller
#   install.sh work          one per kind of work, where Snakemake looks for them
set -eu
project=/opt/latentscape

case "$1" in
controller)
	# Every conda environment of the image comes from the channels in the order of its file.
	conda config --system --set channel_priority strict
	conda env create --quiet --file "$project/envs/controller.yaml" --prefix /opt/controller
	;;
work)
	cd "$(mktemp -d)"
	/opt/controller/bin/python -m snakemake --snakefile "$project/Snakefile" \
		--configfile "$project/config.yaml" --cores 1 \
		--use-conda --conda-create-envs-only all validation
	;;
esac
conda clean --all --yes
