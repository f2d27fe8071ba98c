#!/bin/sh
# Make an authority, and one certificate for the machines of a cluster: FOLDER/ca.pem, cert.pem, key.pem.
# make_certificates.sh FOLDER [DAYS]
# Whoever has key.pem can run programs on all workers. FOLDER/ca.key makes further certificates; keep it elsewhere.
set -eu
umask 077
folder=$1
days=${2:-400}
mkdir -p "$folder"
cd "$folder"
openssl req -x509 -newkey rsa:2048 -nodes -days "$days" -subj "/CN=course cluster" \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
  -keyout ca.key -out ca.pem
openssl req -newkey rsa:2048 -nodes -subj "/CN=course machine" -keyout key.pem -out request.pem
printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' > extensions
openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days "$days" -extfile extensions -out cert.pem
rm -f request.pem extensions ca.srl
