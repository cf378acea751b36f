// SPDX-License-Identifier: Apache-2.0
// Writes the fields of the built-in kinds that this project makes, out of the JavaScript client that is generated from
// Kubernetes' OpenAPI document: tests hold manifests against them without a cluster.
//
//   npm pack @kubernetes/client-node@2.0.1 && tar xzf kubernetes-client-node-2.0.1.tgz
//   node eng/kubernetes-schemas.mjs package > tests/fixtures/kubernetes-schemas/schemas.json
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const kinds = {
  'v1/ConfigMap': 'V1ConfigMap',
  'v1/Namespace': 'V1Namespace',
  'v1/Pod': 'V1Pod',
  'v1/Service': 'V1Service',
  'v1/ServiceAccount': 'V1ServiceAccount',
  'apps/v1/DaemonSet': 'V1DaemonSet',
  'apps/v1/Deployment': 'V1Deployment',
  'rbac.authorization.k8s.io/v1/ClusterRole': 'V1ClusterRole',
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': 'V1ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1/Role': 'V1Role',
  'rbac.authorization.k8s.io/v1/RoleBinding': 'V1RoleBinding',
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': 'V1ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': 'V1ValidatingAdmissionPolicyBinding',
  'policy/v1/PodDisruptionBudget': 'V1PodDisruptionBudget',
  'networking.k8s.io/v1/NetworkPolicy': 'V1NetworkPolicy',
  'apiextensions.k8s.io/v1/CustomResourceDefinition': 'V1CustomResourceDefinition',
};

const root = resolve(process.argv[2]);
const models = join(root, 'dist', 'gen', 'models');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const types = {};
let release;

// Array<V1X> -> V1X[], { [key: string]: string; } -> {string}, number with a format -> int32, int64 or double.
function shorten(type, format) {
  const list = /^Array<(.*)>$/.exec(type);
  if (list) return `${shorten(list[1], format)}[]`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) return `{${shorten(map[1], format)}}`;
  return type === 'number' ? format || 'double' : type;
}

async function add(name) {
  if (types[name] || !/^[A-Z]/.test(name) || ['IntOrString', 'Date'].includes(name)) return;
  const source = readFileSync(join(models, `${name}.d.ts`), 'utf8');
  release ??= /OpenAPI spec version: (\S+)/.exec(source)?.[1];
  const required = new Set([...source.matchAll(/^ {4}'([^']+)': /gm)].map((m) => m[1]));
  const model = (await import(join(models, `${name}.js`)))[name];
  // MicroTime and the like have no fields: they are written as text.
  if (!model.getAttributeTypeMap) { types[name] = 'string'; return; }
  const fields = (types[name] = {});
  for (const { name: member, baseName, type, format } of model.getAttributeTypeMap()) {
    fields[baseName] = (required.has(member) ? '!' : '') + shorten(type, format);
    await add(fields[baseName].replace(/[^A-Za-z0-9]/g, ''));
  }
}

for (const name of Object.values(kinds)) await add(name);
const sorted = Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1)));
const lines = Object.entries(sorted).map(([name, fields]) => `    ${JSON.stringify(name)}: ${JSON.stringify(fields)}`);
console.log(`{
  "source": ${JSON.stringify(`@kubernetes/client-node ${version}, OpenAPI ${release}`)},
  "kinds": ${JSON.stringify(kinds)},
  "types": {
${lines.join(',\n')}
  }
}`);
