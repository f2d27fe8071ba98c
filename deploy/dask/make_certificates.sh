#!/bin/sh
# Make an authority, and one certificate for the machines of a cluster: FOLDER/ca.pem, cert.pem, key.pem.
# make_certificates.sh FOLDER [DAYS]
# Whoever has key.pem can run programs on all workers. FOLDER/ca.key makes further certificates; keep it elsewhere.
set -eu
folder=${1:?say where they go: make_certificates.sh FOLDER [DAYS]}
days=${2:-400}
if [ -e "$folder/ca.key" ] || [ -e "$folder/key.pem" ]; then
  echo "make_certificates: '$folder' has some already. With others, all machines need the new ones: move these away first" >&2
  exit 2
fi
mkdir -p "$(dirname "$folder")" # which others may read
umask 077
mkdir -p "$folder"
cd "$folder"
exec 3>&2 2>openssl.log # which says more than anybody reads
trap 'cat openssl.log >&3' EXIT
openssl req -x509 -newkey rsa:2048 -nodes -days "$days" -subj "/CN=course cluster" \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
  -keyout ca.key -out ca.pem
openssl req -newkey rsa:2048 -nodes -subj "/CN=course machine" -keyout key.pem -out request.pem
printf 'basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' > extensions
openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days "$days" -extfile extensions -out cert.pem
trap - EXIT
rm -f request.pem extensions ca.srl openssl.log
echo "ca.pem, cert.pem and key.pem are in '$folder', for every machine; move ca.key away from them."
