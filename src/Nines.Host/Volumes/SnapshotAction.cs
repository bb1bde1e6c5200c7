namespace Nines.Host.Volumes;

/// <summary>What to do with a snapshot next. Of the snapshots of a set, those whose step comes first here go first, so that they are of one moment.</summary>
internal enum SnapshotAction
{
    /// <summary>Take the snapshot's name and the overlay away again: nothing was written there.</summary>
    Undo,

    /// <summary>Make the file that the volume goes on in.</summary>
    MakeOverlay,

    /// <summary>Give the volume's present file the snapshot's name too.</summary>
    Link,

    /// <summary>Have the machine that has the volume open write to the overlay from now on.</summary>
    Switch,

    /// <summary>Give the overlay the volume's name.</summary>
    Rename,

    /// <summary>Remember that it is taken.</summary>
    Record,

    /// <summary>Forget that it was taken, and let go of its file.</summary>
    Delete,

    /// <summary>The volume is gone: there is nothing to take.</summary>
    Fail,

    None,
}
