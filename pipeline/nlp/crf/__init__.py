"""The linear-chain CRF over characters: lattice, feature table, trainer and the spaCy component `biaozhu_crf`."""
