// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

internal sealed class Creator(WritePipeline pipeline)
{
    public Answer Create(Target target, JsonObject body, WriteOptions options)
    {
        if (Bodies.CheckKind(target.Resource, body) is { } wrong)
            return wrong;
        lock (pipeline.Store.Gate)
            return pipeline.Create(target, body, options, new UpdateOwnership(target, options, pipeline.Time));
    }
}
