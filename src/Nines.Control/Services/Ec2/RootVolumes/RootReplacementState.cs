namespace Nines.Control.Services.Ec2.RootVolumes;

/// <summary>How far the replacement of a root volume is (EC2 API Reference: ReplaceRootVolumeTask).</summary>
internal enum RootReplacementState
{
    /// <summary>The machine shall start from the new volume.</summary>
    InProgress,

    /// <summary>It did.</summary>
    Succeeded,

    /// <summary>It could not, and has its old volume again.</summary>
    Failed,

    /// <summary>It could not, and its old volume was somebody else's by then: it has no root volume.</summary>
    FailedDetached,
}
