// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>All verbs over one store.</summary>
internal sealed class VerbSet
{
    public VerbSet(WritePipeline pipeline, IGracefulKinds graceful)
    {
        Pipeline = pipeline;
        Creator = new Creator(pipeline);
        Updater = new Updater(pipeline);
        Applier = new Applier(pipeline);
        Patcher = new Patcher(Updater, Applier);
        Deleter = new Deleter(pipeline, graceful);
        Lister = new Lister(pipeline.Store);
        CollectionDeleter = new CollectionDeleter(Lister, Deleter);
        Watcher = new Watcher(pipeline.Store, pipeline.Time);
    }

    public ObjectStore Store => Pipeline.Store;

    public WritePipeline Pipeline { get; }

    public Creator Creator { get; }

    public Updater Updater { get; }

    public Applier Applier { get; }

    public Patcher Patcher { get; }

    public Deleter Deleter { get; }

    public Lister Lister { get; }

    public CollectionDeleter CollectionDeleter { get; }

    public Watcher Watcher { get; }
}
